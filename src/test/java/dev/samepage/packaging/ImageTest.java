package dev.samepage.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.testbed.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code target/samepage-image.tar}, which {@code ./mvnw verify -Pimage} makes first. Needs root, to run its programs as a container would. */
final class ImageTest {
    private static final Path TAR = Path.of("target/samepage-image.tar");
    private static final long LARGEST_BYTES = 150_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static UnpackedImage image;

    @BeforeAll
    static void unpack() throws IOException {
        if (!new com.sun.security.auth.module.UnixSystem().getUsername().equals("root")) {
            System.err.printf("%n*** ImageTest WAS NOT RUN: it needs root, for chroot and mounts%n%n");
            Assumptions.abort("needs root");
        }
        image = UnpackedImage.of(TAR, directory);
    }

    @Test
    void isSmall() throws IOException {
        assertThat(Files.size(TAR)).isLessThan(LARGEST_BYTES);
        assertThat(sizeBytes(image.root())).isLessThan(LARGEST_BYTES);
    }

    @Test
    void hasItsTagItsUserAndItsLabels() {
        assertThat(image.manifest().at("/RepoTags/0").asText()).isEqualTo("samepage:0.1.0");
        JsonNode config = image.config().get("config");
        assertThat(config.get("User").asText()).isEqualTo("65532:65532");
        assertThat(config.get("Entrypoint").toString()).isEqualTo("[\"java\",\"@/samepage/samepage\"]");
        assertThat(config.at("/Labels").toString()).isEqualTo("""
                {"org.opencontainers.image.title":"Samepage",\
                "org.opencontainers.image.description":"A Kubernetes operator for kernel samepage merging (KSM) on hosts of virtual machines",\
                "org.opencontainers.image.licenses":"Apache-2.0",\
                "org.opencontainers.image.version":"0.1.0"}""");
    }

    @Test
    void hasNoProgramButJava() throws IOException {
        try (Stream<Path> files = Files.walk(image.root())) {
            assertThat(files.filter(file -> Files.isRegularFile(file) && isExecutable(file))
                            .map(ImageTest::inImage)
                            .filter(file -> !file.contains("/ld-linux-")))
                    .containsExactlyInAnyOrder("/opt/java/bin/java", "/opt/java/lib/jspawnhelper");
        }
    }

    @Test
    void whatDiffersFromBuildToBuildIsInTheLastLayerAndByItself() {
        String layer = image.manifest().at("/Layers/3").asText();

        assertThat(image.manifest().get("Layers")).hasSize(4);
        assertThat(Command.of(
                                "tar",
                                "--list",
                                "--gzip",
                                "--file=" + directory.resolve("parts").resolve(layer))
                        .run()
                        .orThrow()
                        .lines()
                        .filter(file -> !file.endsWith("/")))
                .containsExactlyInAnyOrder(
                        "samepage/lib/operator/quarkus/generated-bytecode.jar",
                        "samepage/lib/operator/quarkus/quarkus-application.dat");
    }

    @Test
    void everyJarOfTheAgentIsUsedByIt() throws IOException {
        Set<String> loaded = Set.copyOf(Files.readAllLines(Path.of("src/main/image/agent.classes")));

        for (Path jar : jars("samepage/lib/agent")) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(entry -> entry.getName().replaceFirst("\\.class$", "")))
                        .as(jar.getFileName().toString())
                        .containsAnyElementsOf(loaded);
            }
        }
    }

    @Test
    void everyJarIsInTheBillOfMaterials() throws IOException {
        JsonNode bill = bill();
        Set<String> places = new TreeSet<>(bill.at("/metadata/component").findValuesAsText("location"));
        places.addAll(bill.get("components").findValuesAsText("location"));

        assertThat(jars("")).isNotEmpty().allSatisfy(jar -> assertThat(places).contains(inImage(jar)));
        assertThat(places)
                .allSatisfy(place ->
                        assertThat(image.root().resolve(place.substring(1))).exists());
    }

    @Test
    void theBillOfMaterialsHasNothingThatVaries() throws IOException {
        assertThat(bill().has("serialNumber")).isFalse();
        assertThat(bill().at("/metadata").has("timestamp")).isFalse();
        assertThat(Path.of("target/samepage-sbom.cdx.json"))
                .hasSameTextualContentAs(image.root().resolve("samepage/sbom.cdx.json"));
    }

    private static JsonNode bill() throws IOException {
        return new ObjectMapper()
                .readTree(image.root().resolve("samepage/sbom.cdx.json").toFile());
    }

    private static List<Path> jars(String directory) throws IOException {
        try (Stream<Path> files = Files.walk(image.root().resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    @Test
    void startsWithTheEntrypoint() {
        Command.Output version = image.run("java", "@/samepage/samepage", "--version");

        assertThat(version.stdout()).startsWith("samepage 0.1.0\n");
        assertThat(version.exitCode()).isZero();
    }

    @Test
    void workOnOneHostIsThereToo() {
        Command.Output help = image.run("java", "@/samepage/samepage", "local", "--help");

        assertThat(help.stdout()).startsWith("Usage: samepage local ");
        assertThat(help.exitCode()).isZero();
    }

    @Test
    void theArgumentFilesNameTheirCommand() {
        assertThat(image.run("java", "@/samepage/agent", "--help").stdout()).startsWith("Usage: samepage agent ");
        assertThat(image.run("java", "@/samepage/operator", "--help").stdout()).startsWith("Usage: samepage operator ");
    }

    @Test
    void theAgentStartsFromItsArchive() throws IOException {
        // The argument file says what is logged, so a copy says otherwise. -Xshare:on ends the JVM where the archive
        // does not fit.
        Path arguments = image.root().resolve("samepage/agent");
        Files.writeString(
                arguments.resolveSibling("agent-that-tells"),
                Files.readString(arguments).replace("-Xlog:disable\n", "-Xlog:class+load=info:stdout\n"));

        Command.Output agent = image.run("java", "-Xshare:on", "@/samepage/agent-that-tells", "--version");

        assertThat(agent.stdout()).contains("samepage 0.1.0\n");
        long loaded = lines(agent.stdout(), " source: ");
        assertThat(loaded).isGreaterThan(1000);
        assertThat(lines(agent.stdout(), " source: shared objects file")).isGreaterThan(loaded * 9 / 10);
    }

    @Test
    void theChildThatUnmergesStarts() {
        // What kernel.UnmergeProcess starts, told to go and still watched when it does; the directory is not there, and
        // the child says so in its own words.
        Command.Output child = image.runReading(
                "gg",
                "java",
                "-XX:+UseSerialGC",
                "-Xmx8m",
                "-cp",
                "/samepage/lib/agent/samepage.jar",
                "dev.samepage.kernel.UnmergeChild",
                "/nowhere");

        assertThat(child.exitCode()).isEqualTo(3);
        assertThat(child.stdout()).startsWith("ready\nENOENT ");
    }

    @Test
    void theOperatorComesAsFarAsTheApiServer() {
        Command.Output operator = image.run(
                Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "1"),
                "java",
                "-Djava.io.tmpdir=/dev/shm",
                "@/samepage/operator");

        assertThat(operator.stdout() + operator.stderr())
                .contains("The operator could not be started: Connection refused. It needs the API server");
    }

    @Test
    void theArchiveIsTheSameWhenItIsMadeAgainInAnotherDirectory() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        assertThat(Command.of(
                                "cp",
                                "--archive",
                                image.root() + "/opt",
                                image.root() + "/samepage",
                                elsewhere.toString())
                        .run()
                        .exitCode())
                .isZero();
        Path jars = elsewhere.resolve("samepage/lib/agent");
        Path archive = jars.resolve("agent.jsa");
        Files.delete(archive);

        new ClassArchive(elsewhere.resolve("opt/java"), jars).write(Path.of("src/main/image/agent.classes"));

        assertThat(Files.mismatch(archive, image.root().resolve("samepage/lib/agent/agent.jsa")))
                .isEqualTo(-1);
    }

    private static long lines(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }

    private static boolean isExecutable(Path file) {
        try {
            return !Files.getPosixFilePermissions(file).stream()
                    .filter(permission -> permission.name().endsWith("_EXECUTE"))
                    .toList()
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String inImage(Path file) {
        return "/" + image.root().relativize(file);
    }

    private static long sizeBytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
