package dev.samepage.testbed.vm;

import dev.samepage.packaging.SharedLibraries;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.ProgramCache;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.Initramfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A Java without what the agent and its tests do not use, and the libraries of this machine that it needs: some 80 MiB. Made once with jlink
 * and kept in the user's cache directory.
 *
 * @param home its directory
 */
record SmallJava(Path home) {
    /** Where a machine has it. */
    static final String PLACE = "opt/java";

    private static final String MODULES =
            "java.base,java.logging,java.management,java.naming,java.net.http,jdk.httpserver,jdk.management,jdk.unsupported";

    static SmallJava find(Consumer<String> progress) throws UnavailableException {
        String key = "java-" + Runtime.version().feature() + "-" + System.getProperty("os.arch") + "-"
                + Integer.toHexString((MODULES + Runtime.version()).hashCode());
        try {
            return new SmallJava(ProgramCache.of(System.getenv()).keep(key, progress, work -> {
                progress.accept("Making a small Java with jlink (half a minute, the first time)");
                return make(work.resolve("java"));
            }));
        } catch (IOException e) {
            throw new UnavailableException("No small Java could be made: " + e.getMessage());
        }
    }

    /** Uncompressed, and with an archive of the JDK's classes: both for a quick start on a slow machine. */
    private static Path make(Path java) throws IOException, UnavailableException {
        Command.Output jlink = Command.of(
                        System.getProperty("java.home") + "/bin/jlink",
                        "--add-modules",
                        MODULES,
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        "--generate-cds-archive",
                        "--output",
                        java.toString())
                .run();
        if (!jlink.succeeded()) {
            throw new UnavailableException("jlink failed: " + jlink.stdout() + jlink.stderr());
        }
        // The one for heaps of 32 GiB and more.
        Files.deleteIfExists(java.resolve("lib/server/classes_nocoops.jsa"));
        return java;
    }

    /** Puts it into a machine, with what of this machine's libraries it needs. */
    void into(Initramfs files) throws IOException {
        for (Path library : new SharedLibraries(home).fromOutside()) {
            files.copy(Path.of("/").relativize(library).toString(), library);
        }
        files.tree(PLACE, home);
    }
}
