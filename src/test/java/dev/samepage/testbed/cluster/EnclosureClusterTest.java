package dev.samepage.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What ends with whom. */
@RealCluster
class EnclosureClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void closingEndsWhatHasForkedAwayToo() throws Exception {
        Path directory;
        long orphan;
        try (Enclosure enclosure = Enclosure.open()) {
            directory = enclosure.directory();
            orphan = startOrphan(enclosure);
            assertThat(groups(directory)).isNotEmpty();
        }

        assertThat(directory).doesNotExist();
        assertThat(groups(directory)).isEmpty();
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(orphan).isEmpty());
    }

    @Test
    void whatIsMountedInsideIsNotSeenOutside() throws Exception {
        try (Enclosure enclosure = Enclosure.open()) {
            Path point = Files.createDirectory(enclosure.directory().resolve("point"));
            run(enclosure, "mount", "-t", "tmpfs", "none", point.toString());

            assertThat(run(enclosure, "cat", "/proc/self/mounts")).contains(point.toString());
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(point.toString());
        }
    }

    @Test
    void aKilledJvmLeavesNothing() throws Exception {
        Process jvm = clusterInAnotherJvm();
        BufferedReader said = jvm.inputReader(StandardCharsets.UTF_8);
        Path kubeconfig = Path.of(said.readLine());
        Path directory = kubeconfig.resolveSibling("").normalize();
        long container = Long.parseLong(said.readLine());
        assertThat(ProcessHandle.of(container)).isPresent();

        jvm.destroyForcibly().waitFor();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(directory).doesNotExist();
            assertThat(groups(directory)).isEmpty();
            assertThat(ProcessHandle.of(container)).isEmpty();
        });
    }

    @Test
    void theNextClearsAwayWhatAKilledOneHasLeft() throws Exception {
        Enclosure left = Enclosure.open();
        long orphan = startOrphan(left);
        left.keeper().destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(orphan)).isPresent();

        try (Enclosure next = Enclosure.open()) {
            assertThat(next.directory()).isDirectory();
            assertThat(left.directory()).doesNotExist();
            assertThat(groups(left.directory())).isEmpty();
            await().atMost(PATIENCE).until(() -> ProcessHandle.of(orphan).isEmpty());
        }
    }

    @Test
    void oneThatIsInUseIsLeftAlone() throws Exception {
        try (Enclosure first = Enclosure.open()) {
            long orphan = startOrphan(first);
            try (Enclosure second = Enclosure.open()) {
                assertThat(second.directory()).isNotEqualTo(first.directory());
            }
            assertThat(first.directory()).isDirectory();
            assertThat(ProcessHandle.of(orphan)).isPresent();
        }
    }

    /** A process whose parent is gone, in a session of its own. */
    private static long startOrphan(Enclosure enclosure) {
        return Long.parseLong(run(enclosure, "sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!")
                .strip());
    }

    private static String run(Enclosure enclosure, String... words) {
        Command.Output output = new Command(enclosure.inside(List.of(words)), Map.of()).run();
        assertThat(output.stderr()).isEmpty();
        return output.stdout();
    }

    private static Process clusterInAnotherJvm() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--class-path",
                        System.getProperty("java.class.path"),
                        ClusterInAnotherJvm.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<Path> groups(Path directory) throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return Stream.concat(Stream.of(Path.of("/sys/fs/cgroup")), hierarchies)
                    .map(hierarchy -> hierarchy.resolve(directory.getFileName()))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }
}
