package dev.samepage.packaging;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lays out the files of the container image, one directory for each layer: {@code system} (glibc, users), {@code runtime} (a Java with the
 * modules that are used), {@code application} and {@code generated}. What is written depends on the sources, the JDK and the glibc of this
 * machine, and on nothing else: not on the directory, the time or the order in which threads ran. All but {@code generated}, that is: what
 * Quarkus 3.27 generates differs from build to build.
 */
public final class ImageFiles {
    /** Where the image has its Java. */
    static final Path JAVA = Path.of("/opt/java");

    /** The Java modules that operator and agent use; jdk.zipfs is Quarkus's, jdk.httpserver the agent's. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "jdk.httpserver",
            "jdk.management",
            "jdk.unsupported",
            "jdk.zipfs");

    /** In these the order of fields, of methods and of what is done at the start differs from build to build. */
    private static final Set<String> GENERATED = Set.of("generated-bytecode.jar", "quarkus-application.dat");

    /** Reads policy files, which of both only {@code samepage local} does; in the image that is run with the operator's jars. */
    private static final List<String> ONLY_LOCAL = List.of("jackson-dataformat-yaml-", "snakeyaml-2");

    /** What starts a jar as if it were a program, and what other Javas read this one's modules with. Not every JDK puts them into a runtime. */
    private static final List<String> ONLY_FOR_TOOLS = List.of("jexec", "jrt-fs.jar");

    /** The time that every file of the image has: jib's. The JVM takes an archive only if jars and modules are as old as they were. */
    private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1));

    private final Path project;
    private final Path target;
    private final Path system;
    private final Path runtime;
    private final Path application;
    private final Path generated;

    private ImageFiles(Path project, Path target) {
        this.project = project;
        this.target = target;
        system = target.resolve("image/system");
        runtime = target.resolve("image/runtime");
        application = target.resolve("image/application");
        generated = target.resolve("image/generated");
    }

    /**
     * Takes the project's directory, its target directory, the agent's and the operator's JVM options, the base image, the version and
     * Maven's local repository.
     */
    public static void main(String... args) throws IOException {
        ImageFiles files = new ImageFiles(Path.of(args[0]), Path.of(args[1]));
        new FileTree(files.target.resolve("image")).delete();
        files.runtime();
        files.system(args[4].equals("scratch"));
        files.application(args[2], args[3]);
        files.billOfMaterials(args[5], new LocalRepository(Path.of(args[6])));
    }

    private void runtime() throws IOException {
        Path java = inside(runtime, JAVA);
        Files.createDirectories(java.getParent());
        run(
                System.getProperty("java.home") + "/bin/jlink",
                "--add-modules",
                String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-6",
                "--output",
                java.toString());
        for (Path program : list(java.resolve("bin"))) {
            if (!program.endsWith("java")) {
                Files.delete(program);
            }
        }
        for (String file : ONLY_FOR_TOOLS) {
            Files.deleteIfExists(java.resolve("lib").resolve(file));
        }
        age(runtime);
    }

    /** What a base image would bring. */
    private void system(boolean fromScratch) throws IOException {
        Files.createDirectories(system);
        if (!fromScratch) {
            return;
        }
        Path java = inside(runtime, JAVA);
        for (Path library : new SharedLibraries(java).fromOutside()) {
            copy(library, inside(system, library));
        }
        for (Path file : list(project.resolve("src/main/image/etc"))) {
            copy(file, system.resolve("etc").resolve(file.getFileName().toString()));
        }
    }

    private void application(String agentOptions, String operatorOptions) throws IOException {
        Path home = application.resolve("samepage");
        Path agent = home.resolve("lib/agent");
        for (Path jar : list(target.resolve("agent"))) {
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && ONLY_LOCAL.stream().noneMatch(name::startsWith)) {
                copy(jar, agent.resolve(jar.getFileName().toString()));
            }
        }
        operator();
        age(application);
        age(generated);
        ClassArchive archive = new ClassArchive(inside(runtime, JAVA), agent);
        archive.write(project.resolve("src/main/image/agent.classes"));
        Files.writeString(home.resolve("agent"), agentArguments(agentOptions, archive.jars()));
        Files.writeString(home.resolve("operator"), operatorArguments(operatorOptions) + "operator\n");
        Files.writeString(home.resolve("samepage"), operatorArguments(operatorOptions));
    }

    private void billOfMaterials(String version, LocalRepository repository) throws IOException {
        String bill = new ImageContents(repository)
                .bill(version, List.of(system, runtime, application, generated))
                .toJson();
        Files.writeString(inside(application, ImageContents.PLACE), bill);
        Files.writeString(target.resolve("samepage-sbom.cdx.json"), bill);
    }

    private void operator() throws IOException {
        Path operator = target.resolve("quarkus-app");
        try (Stream<Path> files = Files.walk(operator)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Path layer = GENERATED.contains(file.getFileName().toString()) ? generated : application;
                Path copy = layer.resolve("samepage/lib/operator").resolve(operator.relativize(file));
                if (file.toString().endsWith(".jar") && !file.startsWith(operator.resolve("lib"))) {
                    new StableJar(file).write(copy);
                } else {
                    copy(file, copy);
                }
            }
        }
    }

    private static String agentArguments(String options, List<String> jars) {
        String classPath =
                jars.stream().map(jar -> "/samepage/lib/agent/" + jar).collect(Collectors.joining(":"));
        return options.replace(' ', '\n') + """

                -Xlog:disable
                -Xlog:all=error,cds*=off,aot*=off:stderr
                -XX:SharedArchiveFile=/samepage/lib/agent/agent.jsa
                -cp
                %s
                dev.samepage.cli.Samepage
                agent
                """.formatted(classPath);
    }

    private static String operatorArguments(String options) {
        return options.replace(' ', '\n') + """

                -jar
                /samepage/lib/operator/quarkus-run.jar
                """;
    }

    private static void age(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, TIME);
            }
        }
    }

    private static Path inside(Path layer, Path absolute) {
        return layer.resolve(Path.of("/").relativize(absolute));
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }

    private static void run(String... words) throws IOException {
        Command.Output output = Command.of(words).run();
        if (!output.succeeded()) {
            throw new IOException(
                    words[0] + " ended with " + output.exitCode() + ": " + output.stdout() + output.stderr());
        }
    }
}
