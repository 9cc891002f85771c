package dev.samepage.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.testbed.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The packaged agent's classes with {@link AgentOnFiles} beside them, which is started some hundred times: so it is given an AOT cache, with
 * which it takes half the time.
 */
record PackagedAgent(String classPath, Path cache) {
    /** What {@code ./mvnw package} leaves. */
    static final Path JARS = Path.of("target", "agent");

    private static final Path TESTS = Path.of("target", "test-classes");

    /** Its own files go into this directory. There is no cache before {@link #train}. */
    static PackagedAgent in(Path directory) throws IOException {
        List<String> entries = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(JARS, "*.jar")) {
            jars.forEach(jar -> entries.add(jar.toAbsolutePath().toString()));
        }
        // The JVM makes no cache of classes that lie in directories.
        entries.add(jar(directory.resolve("agent-on-files.jar")).toString());
        return new PackagedAgent(String.join(File.pathSeparator, entries), directory.resolve("agent.aot"));
    }

    private static Path jar(Path file) throws IOException {
        Path classes = TESTS.resolve(AgentOnFiles.class.getPackageName().replace('.', '/'));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file));
                DirectoryStream<Path> own =
                        Files.newDirectoryStream(classes, AgentOnFiles.class.getSimpleName() + "*.class")) {
            for (Path path : own) {
                jar.putNextEntry(new JarEntry(TESTS.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, jar);
            }
        }
        return file;
    }

    /** Has the JVM learn from one run what it loads. */
    void train(Path node, KsmNodeSpec told) throws IOException {
        new Command(command(node, told, "-XX:AOTCacheOutput=" + cache), Map.of("LC_ALL", "C.UTF-8"))
                .run()
                .orThrow();
    }

    /** What runs it on a node that is in a directory. */
    List<String> run(Path node, KsmNodeSpec told, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-XX:AOTCache=" + cache);
        return command(node, told, all.toArray(String[]::new));
    }

    private List<String> command(Path node, KsmNodeSpec told, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx64m"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "-cp",
                classPath,
                AgentOnFiles.class.getName(),
                node.toString(),
                new ObjectMapper().writeValueAsString(told)));
        return words;
    }
}
