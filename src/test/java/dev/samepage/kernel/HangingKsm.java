package dev.samepage.kernel;

import java.io.IOException;

/**
 * KSM files that are slow to answer.
 *
 * @param gate passed before each read
 */
public record HangingKsm(KsmFiles files, Gate gate) implements KsmFiles {
    /** May hang, or fail. */
    public interface Gate {
        void pass() throws IOException;
    }

    @Override
    public boolean exists(String file) {
        return files.exists(file);
    }

    @Override
    public String read(String file) throws IOException {
        gate.pass();
        return files.read(file);
    }

    @Override
    public void write(String file, String text) throws IOException {
        files.write(file, text);
    }

    @Override
    public void checkWritable(String file) throws IOException {
        files.checkWritable(file);
    }
}
