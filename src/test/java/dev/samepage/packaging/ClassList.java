package dev.samepage.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Path recorded = Files.createTempFile("samepage", ".classes");
        try {
            AgentTraining.main(args[0], recorded.toString(), "-XX:AOTMode=off -XX:DumpLoadedClassList=");
            Files.write(list, stable(Files.readAllLines(recorded)));
        } finally {
            Files.delete(recorded);
        }
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
