package dev.samepage.agent;

import dev.samepage.kernel.KsmFiles;
import java.io.IOException;

/**
 * The kernel's files, of which every write goes through somebody's hands.
 *
 * @param files that are read and written in the end
 * @param write what is done instead of a write, which passes it on or does not
 */
record InterceptedWrites(KsmFiles files, Write write) implements KsmFiles {
    /** One write. */
    interface Write {
        void of(String file, String text) throws IOException;
    }

    @Override
    public boolean exists(String file) {
        return files.exists(file);
    }

    @Override
    public String read(String file) throws IOException {
        return files.read(file);
    }

    @Override
    public void write(String file, String text) throws IOException {
        write.of(file, text);
    }

    @Override
    public void checkWritable(String file) throws IOException {
        files.checkWritable(file);
    }
}
