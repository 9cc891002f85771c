package dev.samepage.packaging;

import dev.samepage.testbed.FileTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes of the agent's archive in the image, {@code src/main/image/agent.classes}: those that a run of the agent loads. Which they
 * are depends a little on how its threads ran, so the list is kept with the sources and not made by each build.
 */
public final class ClassList {
    /**
     * Refers to a class of picocli, whose class files are too old to be archived. The JVM (25.0.3) then leaves addresses of the process
     * that writes the archive in it, so no two would be equal.
     */
    private static final String UNSTABLE = "@lambda-proxy dev/samepage/cli/Samepage accept ";

    private ClassList() {}

    /** Makes the list anew: takes the path of {@code target/samepage} and of the list. */
    public static void main(String... args) throws Exception {
        Path list = Path.of(args[1]);
        Path directory = Files.createTempDirectory("samepage");
        try {
            Path recorded = directory.resolve("recorded");
            AgentTraining.main(
                    withoutCache(Path.of(args[0]), directory).toString(),
                    recorded.toString(),
                    "-XX:DumpLoadedClassList=");
            Files.write(list, stable(Files.readAllLines(recorded)));
        } finally {
            new FileTree(directory).delete();
        }
    }

    /** The same launcher and jars; the JVM (25) does not start with an AOT cache when it is to record what it loads. */
    private static Path withoutCache(Path samepage, Path directory) throws IOException {
        Path agent = Files.createDirectory(directory.resolve("agent"));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(samepage.resolveSibling("agent"), "*.jar")) {
            for (Path jar : jars) {
                Files.copy(jar, agent.resolve(jar.getFileName()));
            }
        }
        return Files.copy(samepage, directory.resolve("samepage"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Names only, and sorted: numbers and resolved constants differ from run to run. */
    static List<String> stable(List<String> recorded) throws IOException {
        return recorded.stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("@cp ") && !line.startsWith(UNSTABLE))
                .map(line -> line.startsWith("@") ? line : line.replaceFirst(" id: .*", ""))
                .sorted()
                .distinct()
                .toList();
    }
}
