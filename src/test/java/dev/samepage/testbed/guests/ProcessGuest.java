package dev.samepage.testbed.guests;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Guests that are small processes, each with memory of its own as described. */
public record ProcessGuest(GuestMemory memory) implements GuestKind {
    /** About 30 MB and half a second of CPU for each. */
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-Xms2m",
            "-Xmx8m",
            "-Xss256k",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=8m",
            "-XX:ActiveProcessorCount=1",
            "-XX:-UsePerfData");

    @Override
    public List<String> command(int number, Path directory) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(SMALL);
        words.add("--enable-native-access=ALL-UNNAMED");
        words.add("--class-path");
        words.add(classes().toString());
        words.add(GuestProgram.class.getName());
        words.addAll(memory.options());
        return words;
    }

    private static Path classes() {
        try {
            return Path.of(GuestProgram.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
