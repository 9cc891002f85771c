package dev.samepage.packaging;

import dev.samepage.testbed.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The archive of loaded classes (AppCDS) that the agent's JVM maps instead of reading jars: {@code agent.jsa} beside them. Made from a list
 * of classes and nothing else, so the same bytes come out each time; an AOT cache holds what a run of the program happened to do.
 *
 * @param java the runtime that will run the agent
 * @param directory where its jars are, with the times that they will have then
 */
record ClassArchive(Path java, Path directory) {
    /** The names of the jars on the class path, in its order. */
    List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Makes it.
     *
     * @param classes what is to be in it, see {@link ClassList}
     */
    void write(Path classes) throws IOException {
        Path name = directory.getName(directory.getNameCount() - 1);
        List<String> words = List.of(
                "env",
                "--chdir=" + directory.resolve(".."),
                "LC_ALL=C.UTF-8",
                java.toAbsolutePath().resolve("bin/java").toString(),
                // The layout of objects is the agent's.
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx512m",
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + classes.toAbsolutePath(),
                "-XX:SharedArchiveFile=" + name + "/agent.jsa",
                // The JVM compares what follows the directory that all jars have in common, and there has to be one.
                "-cp",
                jars().stream().map(jar -> name + "/" + jar).collect(Collectors.joining(":")));
        Command.Output output = new Command(words, Map.of()).run();
        if (!output.succeeded()) {
            throw new IOException(
                    "java -Xshare:dump ended with " + output.exitCode() + ": " + output.stdout() + output.stderr());
        }
    }
}
