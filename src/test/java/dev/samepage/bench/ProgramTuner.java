package dev.samepage.bench;

import dev.samepage.kernel.Ksm;
import dev.samepage.measure.ProcessFigures;
import dev.samepage.testbed.Tether;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that tunes. It is ended with SIGTERM, and with this JVM however that ends.
 *
 * @param words the program and its arguments
 * @param log where its output goes, anew
 */
record ProgramTuner(String name, String about, List<String> words, Path log) implements Tuner {
    @Override
    public AtWork start(Ksm ksm) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        return new Program(new ProcessBuilder(Tether.around(words))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    }

    private final class Program implements AtWork {
        private final Process process;

        Program(Process process) {
            this.process = process;
        }

        /** In steps of 10 ms. */
        @Override
        public double ownCpuSeconds() {
            checkAlive();
            try {
                return ProcessFigures.cpuSeconds(process.pid());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void checkAlive() {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        name + " has ended by itself with " + process.exitValue() + ", see " + log);
            }
        }

        @Override
        public void close() {
            boolean endedByItself = !process.isAlive();
            Tether.end(process);
            if (endedByItself) {
                checkAlive();
            }
        }
    }
}
