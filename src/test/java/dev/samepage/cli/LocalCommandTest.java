package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.agent.StateDirectory;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.kernel.FakeProc;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On plain files in the place of the kernel's: they take whatever is written. */
class LocalCommandTest {
    private static final String BOOT = "11111111-2222-3333-4444-555555555555";
    private static final Map<String, String> FOUND =
            Map.of("run", "0", "pages_to_scan", "100", "sleep_millisecs", "20", "smart_scan", "1");

    @TempDir
    private Path directory;

    private Path ksm;
    private Path state;

    @BeforeEach
    void host() throws IOException {
        ksm = Files.createDirectory(directory.resolve("ksm"));
        state = directory.resolve("state");
        FakeProc proc = new FakeProc(directory.resolve("proc"));
        proc.kernelThreads();
        proc.memory(16L << 20, 4L << 20);
        proc.file("sys/kernel/random/boot_id", BOOT + "\n");
        proc.file("sys/kernel/osrelease", "6.18.0\n");
    }

    @Test
    void aHostWithoutKsmIsSaidToHaveNone() {
        CommandRun run = local("fixed.yaml");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .isEqualTo(ksm + " has no file run: this kernel is built without KSM, or the host's directory is not"
                        + " mounted there.\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aHostWithoutKsmIsLeftAlone() {
        local("fixed.yaml");

        assertThat(state).doesNotExist();
        assertThat(ksm).isEmptyDirectory();
    }

    @Test
    void aBadFileIsSaidBeforeTheHostIsLookedAt() {
        CommandRun run = local("none.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("src/test/resources/policies/valid-none.yaml: there is no such file\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void endsWell() throws IOException {
        find(FOUND);

        assertThat(local("fixed.yaml").exitCode()).isZero();
    }

    @Test
    void putsEverySettingBack() throws IOException {
        find(FOUND);
        local("fixed.yaml");

        assertThat(settings()).isEqualTo(FOUND);
    }

    @Test
    void putsAKsmdBackThatWasRunning() throws IOException {
        Map<String, String> running =
                Map.of("run", "1", "pages_to_scan", "77", "sleep_millisecs", "10", "smart_scan", "1");
        find(running);
        local("stopped.yaml");

        assertThat(settings()).isEqualTo(running);
    }

    @Test
    void keepsNoJournal() throws IOException {
        find(FOUND);
        local("fixed.yaml");

        assertThat(names(state)).isEmpty();
    }

    @Test
    void printsALineForEachChangeAndTheSettingsAtTheEnd() throws IOException {
        find(FOUND);
        List<String> lines = local("fixed.yaml").out().lines().toList();

        assertThat(lines.getFirst())
                .matches("\\d\\d:\\d\\d:\\d\\d  Applied   saved 0 .* ksmd looks at 1000 pages every 20 ms\\.");
        assertThat(lines).anyMatch(line -> line.matches("At the end:  Applied .*"));
        assertThat(lines)
                .containsSubsequence(
                        "  pages_to_scan = 1000", "  run = 1", "  sleep_millisecs = 20", "  smart_scan = 1");
        assertThat(lines.getLast()).contains("Restored").endsWith("Every setting is as it was found.");
    }

    @Test
    void jsonHasTheFieldsOfTheKsmNodesStatus() throws IOException {
        find(FOUND);
        JsonNode report =
                new ObjectMapper().readTree(local("fixed.yaml", "-o", "json").out());
        // Without an object there is no generation, ksmd's CPU is not said of less than half a second, and only
        // Adaptive
        // has phases.
        Set<String> absent = Set.of("observedGeneration", "ksmd", "phase", "phaseReason", "lap");
        List<String> fields = Arrays.stream(KsmNodeStatus.class.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !absent.contains(name))
                .toList();

        assertThat(report.fieldNames()).toIterable().containsAll(fields);
    }

    @Test
    void jsonSaysHowTheHostStoodAtTheEnd() throws IOException {
        find(FOUND);
        KsmNodeStatus report =
                new ObjectMapper().readValue(local("fixed.yaml", "-o", "json").out(), KsmNodeStatus.class);

        assertThat(report.state()).isEqualTo(dev.samepage.api.State.APPLIED);
        assertThat(report.settings())
                .isEqualTo(Map.of("run", "1", "pages_to_scan", "1000", "sleep_millisecs", "20", "smart_scan", "1"));
    }

    @Test
    void jsonLeavesTheLinesToStandardError() throws IOException {
        find(FOUND);

        assertThat(local("fixed.yaml", "-o", "json").err()).contains("  Applied   saved ", "  Restored  saved ");
    }

    @Test
    void observeWritesNothing() throws IOException {
        find(FOUND);
        CommandRun run = local("observe.yaml");

        assertThat(run.exitCode()).isZero();
        assertThat(settings()).isEqualTo(FOUND);
        assertThat(names(state)).isEmpty();
    }

    @Test
    void keepLeavesTheSettings() throws IOException {
        find(FOUND);
        Path policy = Files.writeString(directory.resolve("keep.yaml"), """
                apiVersion: ksm.samepage.dev/v1alpha1
                kind: KsmPolicy
                metadata: {name: keep}
                spec: {nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000, sleepMillis: 50}, onRemoval: Keep}
                """);

        assertThat(local(policy).exitCode()).isZero();
        assertThat(settings())
                .isEqualTo(Map.of("run", "1", "pages_to_scan", "1000", "sleep_millisecs", "50", "smart_scan", "1"));
    }

    @Test
    void whatCannotBeHadFailsAndIsPutBack() throws IOException {
        find(FOUND);
        Path policy = Files.writeString(directory.resolve("zero.yaml"), """
                apiVersion: ksm.samepage.dev/v1alpha1
                kind: KsmPolicy
                metadata: {name: zero}
                spec: {nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, tunables: {zeroPagesOnly: true}}
                """);
        CommandRun run = local(policy);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("Failed").contains("zeroPagesOnly: true cannot be had");
        assertThat(settings()).isEqualTo(FOUND);
    }

    @Test
    void putsBackWhatARunThatWasKilledHadFound() throws IOException {
        find(Map.of("run", "1", "pages_to_scan", "9000", "sleep_millisecs", "20", "smart_scan", "1"));
        Files.createDirectory(state);
        Files.writeString(state.resolve("originals"), """
                # KSM settings as Samepage found them
                boot %s
                run 0
                pages_to_scan 55
                sleep_millisecs 20
                smart_scan 1
                # end
                """.formatted(BOOT));
        local("fixed.yaml");

        assertThat(settings())
                .isEqualTo(Map.of("run", "0", "pages_to_scan", "55", "sleep_millisecs", "20", "smart_scan", "1"));
    }

    @Test
    void doesNotWorkBesideAnother() throws IOException {
        find(FOUND);
        try (Closeable _ = new StateDirectory(state).tryLock().orElseThrow()) {
            CommandRun run = local("fixed.yaml");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("Another samepage works on this host: it holds " + state
                            + "/lock. Stop it first, or wait for it.\n");
        }
    }

    @Test
    void changesNothingWhereTheStateDirectoryCannotBeWritten() throws IOException {
        find(FOUND);
        state = Files.writeString(directory.resolve("no-directory"), "a file");

        CommandRun run = local("fixed.yaml");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith(
                        "Nothing is changed on this host, because the settings it was found with could not be saved in "
                                + state + ": ")
                .endsWith("Make it writable, or name another directory with --state.\n");
        assertThat(settings()).isEqualTo(FOUND);
    }

    private CommandRun local(String policy, String... more) {
        return local(Path.of("src/test/resources/policies/valid-" + policy), more);
    }

    private CommandRun local(Path policy, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "local",
                "-f",
                policy.toString(),
                "--for",
                "100ms",
                "--ksm",
                ksm.toString(),
                "--proc",
                directory.resolve("proc").toString(),
                "--state",
                state.toString()));
        words.addAll(List.of(more));
        return CommandRun.of(words.toArray(String[]::new));
    }

    /** The host's settings, and counters of a host where nothing happens. */
    private void find(Map<String, String> settings) throws IOException {
        Map<String, String> files = new TreeMap<>(settings);
        files.putAll(Map.of("pages_shared", "0", "pages_sharing", "0", "full_scans", "3", "general_profit", "0"));
        for (var file : files.entrySet()) {
            Files.writeString(ksm.resolve(file.getKey()), file.getValue() + "\n");
        }
    }

    private Map<String, String> settings() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (String file : FOUND.keySet()) {
            settings.put(file, Files.readString(ksm.resolve(file)).strip());
        }
        return settings;
    }

    private static List<String> names(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
