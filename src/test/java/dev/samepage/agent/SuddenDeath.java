package dev.samepage.agent;

import dev.samepage.kernel.KsmFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Kills the agent, as {@code kill -9} would, at a chosen step: before or after any write to the kernel or to the journal. */
final class SuddenDeath {
    /** No code under test catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private int stepsLeft = Integer.MAX_VALUE;

    /** The agent dies at this step from now on, the next one being 1. */
    void atStep(int step) {
        stepsLeft = step;
    }

    void never() {
        stepsLeft = Integer.MAX_VALUE;
    }

    void step() {
        stepsLeft--;
        if (stepsLeft == 0) {
            throw new Killed();
        }
    }

    KsmFiles before(KsmFiles files) {
        return new InterceptedWrites(files, (file, text) -> {
            step();
            files.write(file, text);
            step();
        });
    }

    StateFiles before(StateFiles files) {
        return new StateFiles() {
            @Override
            public Optional<String> read(String name) throws IOException {
                return files.read(name);
            }

            @Override
            public void replace(String name, String content) throws IOException {
                step();
                files.replace(name, content);
                step();
            }

            @Override
            public String setAside(String name) throws IOException {
                step();
                String kept = files.setAside(name);
                step();
                return kept;
            }

            @Override
            public Optional<Path> damagedOriginals() {
                return files.damagedOriginals();
            }

            @Override
            public void delete(String name) throws IOException {
                step();
                files.delete(name);
                step();
            }
        };
    }
}
