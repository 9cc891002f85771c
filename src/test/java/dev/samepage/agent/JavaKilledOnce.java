package dev.samepage.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A Java home like this one, whose {@code java} is killed the first time and lives from then on. */
final class JavaKilledOnce {
    private JavaKilledOnce() {}

    /**
     * Makes one.
     *
     * @param home where it is to be; a file beside it tells that the killing was done
     * @param killer the words before a program that has it killed
     */
    static Path at(Path home, List<String> killer) throws IOException {
        Path real = Path.of(System.getProperty("java.home"));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(real)) {
            for (Path part : parts) {
                if (!part.endsWith("bin")) {
                    Files.createSymbolicLink(home.resolve(part.getFileName()), part);
                }
            }
        }
        Files.writeString(java, """
                #!/bin/sh
                PATH=/usr/bin:/bin
                java=%s/bin/java
                if mkdir %s 2>/dev/null; then exec %s $java "$@"; fi
                exec $java "$@"
                """.formatted(real, home.resolveSibling("killed"), String.join(" ", killer)));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }
}
