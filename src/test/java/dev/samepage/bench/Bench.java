package dev.samepage.bench;

import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.KsmLoan;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Runs every tuner that is asked for on every scenario that is asked for, and writes a table, every sample and a picture of each scenario to
 * target/bench.
 */
public final class Bench {
    private static final Path DIRECTORY = Path.of("target", "bench");
    private static final int USAGE = 2;
    private static final double GIBIBYTE = 1 << 30;
    private static final double MEBIBYTE = 1 << 20;

    private final Options options;
    private final HostProc proc;
    private final List<TrialResult> results = new ArrayList<>();

    private Bench(Options options, HostProc proc) {
        this.options = options;
        this.proc = proc;
    }

    /**
     * Takes the system properties {@code bench.seconds}, {@code bench.tuners}, {@code bench.scenarios} and {@code bench.runs}. Ends with 0, with
     * 1 where this machine lacks something or a tuner fails, or with 2 where a property is mistyped.
     */
    public static void main(String... args) throws IOException, InterruptedException {
        var proc = new HostProc(Path.of("/proc"));
        Optional<String> missing = KsmLoan.missing();
        if (missing.isPresent()) {
            System.err.println("The benchmark takes a real ksmd: " + missing.get());
            System.exit(1);
        }
        try {
            List<Tuner> known =
                    Tuners.known(proc.memory().totalBytes(), new Ksm(new KsmDirectory(Ksm.DEFAULT)).knobs());
            var bench = new Bench(Options.parse(name -> System.getProperty(name, ""), known), proc);
            bench.run();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
        } catch (UnavailableException | IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private void run() throws IOException, UnavailableException, InterruptedException {
        Files.createDirectories(DIRECTORY);
        var file = new SampleFile(DIRECTORY.resolve("samples.csv"));
        say("At least %d min. Ctrl-C ends it early; the kernel is put back as it was found in any case."
                .formatted(options.duration().plusSeconds(59).toMinutes()));
        for (Scenario scenario : options.scenarios()) {
            var trial = new Trial(scenario, options.length());
            for (int run = 1; run <= options.runs(); run++) {
                for (Tuner tuner : options.order(run)) {
                    say("%s, run %d of %d: %s".formatted(scenario.word(), run, options.runs(), tuner.about()));
                    TrialResult result = trial.run(tuner, run, Bench::say);
                    results.add(result);
                    file.add(result);
                    report();
                }
            }
        }
        say("");
        say(Files.readString(DIRECTORY.resolve("results.md")));
        say("Also in %s: results.md, samples.csv, and a picture of each scenario.".formatted(DIRECTORY));
    }

    private static void say(String text) {
        System.out.println(text);
    }

    /** Writes anew what is known so far. */
    private void report() throws IOException {
        List<String> names = options.tuners().stream().map(Tuner::name).toList();
        var page = new StringBuilder(heading());
        for (Scenario scenario : options.scenarios()) {
            List<TrialResult> own = results.stream()
                    .filter(result -> result.scenario() == scenario)
                    .toList();
            if (!own.isEmpty()) {
                page.append("\n### %s: %s%n%n".formatted(scenario.word(), scenario.about()))
                        .append(new ResultTable(scenario.schedule(options.length()), own).markdown(names))
                        .append('\n')
                        .append(checks(own));
                Files.writeString(
                        DIRECTORY.resolve(scenario.word() + ".svg"),
                        new Plot(scenario.word(), scenario.about(), own).svg(names));
            }
        }
        Files.writeString(DIRECTORY.resolve("results.md"), page);
    }

    private String heading() throws IOException {
        return String.format(
                Locale.ROOT,
                "%d s for each tuner, %s, on Linux %s, %d CPUs, %.1f GiB.%n",
                options.length().toSeconds(),
                options.runs() == 1 ? "once" : "median of " + options.runs() + " runs (smallest to largest)",
                proc.kernelRelease(),
                Runtime.getRuntime().availableProcessors(),
                proc.memory().totalBytes() / GIBIBYTE);
    }

    /** What the oracle found by reading the guests' memory, beside what the saving is held against. */
    private static String checks(List<TrialResult> results) {
        return results.stream()
                .map(result -> String.format(
                        Locale.ROOT,
                        "* %s, run %d: the guests' pages, hashed, could save %.0f MiB before and %.0f MiB after, held against"
                                + " %.0f and %.0f MiB; a look at their page tables took %.0f ms of CPU%n",
                        result.tuner(),
                        result.run(),
                        result.hashedAtStart().idealBytes() / MEBIBYTE,
                        result.hashedAtEnd().idealBytes() / MEBIBYTE,
                        result.samples().getFirst().idealBytes() / MEBIBYTE,
                        result.samples().getLast().idealBytes() / MEBIBYTE,
                        result.trueSavingMillis()))
                .collect(Collectors.joining());
    }
}
