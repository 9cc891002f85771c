package dev.samepage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.stream.Collectors;

/** Every sample as a line of comma-separated values. A run that is over is in the file, whatever comes after. */
final class SampleFile {
    private static final String HEADER = "scenario,run,tuner,seconds,guests,ideal_bytes,saved_bytes,true_saved_bytes,"
            + "ksmd_cpu_seconds,tuner_cpu_seconds,machine_cpu_seconds,load\n";

    private final Path file;

    /** Begins the file anew. */
    SampleFile(Path file) throws IOException {
        this.file = Files.writeString(file, HEADER);
    }

    void add(TrialResult result) throws IOException {
        Files.writeString(file, lines(result), StandardOpenOption.APPEND);
    }

    private static String lines(TrialResult result) {
        return result.samples().stream().map(sample -> line(result, sample)).collect(Collectors.joining());
    }

    private static String line(TrialResult result, Sample sample) {
        Observation seen = sample.seen();
        return String.format(
                Locale.ROOT,
                "%s,%d,%s,%.3f,%d,%d,%d,%s,%.3f,%.3f,%.2f,%.2f%n",
                result.scenario().word(),
                result.run(),
                result.tuner(),
                seen.seconds(),
                seen.guests(),
                sample.idealBytes(),
                seen.savedBytes(),
                seen.trueSavedBytes().isPresent() ? seen.trueSavedBytes().getAsLong() : "",
                seen.ksmdCpuSeconds(),
                seen.tunerCpuSeconds(),
                seen.machineCpuSeconds(),
                seen.load());
    }
}
