package dev.samepage.kernel;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gives every guest its own pages back ({@code run=2}). The kernel does that in the writer's own context and marks the writer as the first
 * victim when memory runs out, so a small child JVM writes.
 */
public final class Unmerge {
    private static final int SIGNALLED = 128;
    private static final int OUTPUT_BYTES = 4096;

    private Unmerge() {}

    /**
     * Whether there is memory enough: {@code (pages_sharing + ksm_zero_pages) x page size}, with a reserve left over.
     *
     * @param reservePercent per cent of the host's memory that is to stay available, 0 to 100
     */
    public static MemoryCheck check(Counters counters, HostMemory memory, long pageSizeBytes, int reservePercent) {
        return new MemoryCheck(
                counters.savedBytes(pageSizeBytes),
                memory.totalBytes() / 100 * reservePercent,
                memory.availableBytes());
    }

    /**
     * Un-merges everything and waits for it: about 7.5 us for each merged page and 70 ns for each page that could have been merged, so 2
     * minutes for 64 GiB. Interrupting the calling thread kills the child, which stops the kernel where it is: {@code run} then reads 0.
     * Doing it again goes on from there.
     */
    public static UnmergeResult run(Path ksmDirectory) {
        Process child;
        try {
            child = start(ksmDirectory);
        } catch (IOException | URISyntaxException e) {
            return new UnmergeResult.Failed("no child process could be started: " + Text.shown(e.toString()));
        }
        try {
            child.getOutputStream().close();
            // Only waiting can be interrupted, reading cannot; the little that a child says fits into the pipe.
            int exit = child.waitFor();
            String output = new String(child.getInputStream().readNBytes(OUTPUT_BYTES), StandardCharsets.US_ASCII);
            return result(exit, output, new KsmDirectory(ksmDirectory));
        } catch (IOException e) {
            return new UnmergeResult.Failed("the child process could not be followed: " + Text.shown(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new UnmergeResult.Failed("this process was interrupted while it waited for its child");
        } finally {
            child.destroyForcibly();
        }
    }

    private static Process start(Path ksmDirectory) throws IOException, URISyntaxException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-Xmx8m",
                "-Xss256k",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                ownClasses(),
                UnmergeChild.class.getName(),
                ksmDirectory.toAbsolutePath().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Nothing of this JVM's options; and errors in the language that Errno reads.
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("LC_ALL", "C");
        return builder.start();
    }

    private static String java() {
        Path ours = Path.of(System.getProperty("java.home"), "bin", "java");
        return Files.isExecutable(ours)
                ? ours.toString()
                : ProcessHandle.current().info().command().orElse("java");
    }

    private static String ownClasses() throws IOException, URISyntaxException {
        CodeSource source = UnmergeChild.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IOException("the class path of this program is not known");
        }
        return Path.of(source.getLocation().toURI()).toString();
    }

    /** What the child's exit means. One that was killed may still have been done: the kernel does not look for a signal at every page. */
    static UnmergeResult result(int exit, String output, KsmFiles files) throws IOException {
        if (exit == UnmergeChild.REFUSED) {
            return UnmergeChild.refusal(output);
        }
        if (exit != 0 && exit <= SIGNALLED) {
            return new UnmergeResult.Failed("the child process ended with " + exit + ": " + Text.shown(output));
        }
        Ksm ksm = new Ksm(files);
        long shared = ksm.counters().get(Counter.PAGES_SHARED).orElse(0);
        if (exit > SIGNALLED && (shared > 0 || ksm.value(Knob.RUN).orElse(0) != 2)) {
            return new UnmergeResult.Killed(exit - SIGNALLED);
        }
        return shared == 0 ? new UnmergeResult.Unmerged() : new UnmergeResult.StillMerged(shared);
    }
}
