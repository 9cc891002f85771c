package dev.samepage.kernel;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Un-merges in a small child JVM, see {@link UnmergeChild}: the kernel does it in the writer's own context and marks the writer as the first
 * victim when memory runs out. One at a time.
 */
final class UnmergeProcess implements UnmergeWriter {
    private static final int SIGNALLED = 128;
    private static final int OUTPUT_BYTES = 4096;
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Path ksmDirectory;
    private @Nullable Process newest;

    UnmergeProcess(Path ksmDirectory) {
        this.ksmDirectory = ksmDirectory;
    }

    @Override
    public Writing start() throws IOException {
        if (newest != null && newest.isAlive()) {
            throw new IOException("process " + newest.pid() + ", which un-merged before, was killed and has not ended");
        }
        newest = process();
        return new Child(newest, new KsmDirectory(ksmDirectory));
    }

    private Process process() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
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
                        ksmDirectory.toAbsolutePath().toString()))
                .redirectErrorStream(true);
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

    private static String ownClasses() throws IOException {
        CodeSource source = UnmergeChild.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IOException("the class path of this program is not known");
        }
        try {
            return Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** What the child's exit means. One that was killed may still have been done: the kernel does not look for a signal at every page. */
    static UnmergeResult result(int exit, String said, KsmFiles files) throws IOException {
        if (exit == UnmergeChild.REFUSED) {
            return UnmergeChild.refusal(said);
        }
        if (exit != 0 && exit <= SIGNALLED) {
            return new UnmergeResult.Failed("the child process ended with " + exit + ": " + Text.line(said));
        }
        Ksm ksm = new Ksm(files);
        Counters counters = ksm.counters();
        long shared = counters.get(Counter.PAGES_SHARED).orElse(0);
        long zero = counters.get(Counter.KSM_ZERO_PAGES).orElse(0);
        boolean merged = shared > 0 || zero > 0;
        if (exit > SIGNALLED && (merged || ksm.value(Knob.RUN).orElse(0) != 2)) {
            return new UnmergeResult.Killed(exit - SIGNALLED);
        }
        return merged ? new UnmergeResult.StillMerged(shared, zero) : new UnmergeResult.Unmerged();
    }

    /** The child as its parent sees it. Its input stays open until it ends, since its end ends the child. */
    private static final class Child implements Writing {
        private final Process process;
        private final KsmFiles files;
        private final StringBuilder said = new StringBuilder();
        private boolean told;

        Child(Process process, KsmFiles files) {
            this.process = process;
            this.files = files;
        }

        @Override
        public Stage await(Duration longest) throws IOException, InterruptedException {
            if (process.waitFor(longest)) {
                return Stage.ENDED;
            }
            if (told) {
                return Stage.WRITING;
            }
            // Never more than is there: a read cannot be interrupted.
            listen(Math.min(process.getInputStream().available(), OUTPUT_BYTES));
            return said.toString().endsWith(UnmergeChild.READY) ? Stage.READY : Stage.STARTING;
        }

        private void listen(int bytes) throws IOException {
            said.append(new String(process.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII));
        }

        @Override
        public void go() throws IOException {
            told = true;
            said.setLength(0);
            process.getOutputStream().write(UnmergeChild.GO);
            process.getOutputStream().flush();
        }

        @Override
        public UnmergeResult result() throws IOException {
            listen(OUTPUT_BYTES);
            return UnmergeProcess.result(process.exitValue(), said.toString(), files);
        }

        @Override
        public void stop() {
            // Process.destroyForcibly would close the streams, and with them what the child may have said just before.
            process.toHandle().destroyForcibly();
            try {
                process.waitFor(LONGEST_END);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            stop();
            try (var _ = process.getInputStream();
                    var _ = process.getOutputStream()) {
                // Only closed.
            } catch (IOException gone) {
                // So is the child.
            }
        }
    }
}
