package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.StateDirectory;
import dev.samepage.kernel.FakeProc;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On plain files in the place of the kernel's: they take whatever is written. */
class RestoreCommandTest {
    private static final String BOOT = "11111111-2222-3333-4444-555555555555";
    private static final Map<String, String> APPLIED =
            Map.of("run", "1", "pages_to_scan", "1000", "sleep_millisecs", "10", "smart_scan", "1");
    private static final Map<String, String> FOUND =
            Map.of("run", "0", "pages_to_scan", "100", "sleep_millisecs", "20", "smart_scan", "1");

    @TempDir
    private Path directory;

    private Path ksm;
    private Path state;
    private FakeProc proc;

    @BeforeEach
    void aHostWhoseAgentIsGone() throws IOException {
        ksm = Files.createDirectory(directory.resolve("ksm"));
        for (Map.Entry<String, String> setting : APPLIED.entrySet()) {
            Files.writeString(ksm.resolve(setting.getKey()), setting.getValue() + "\n");
        }
        proc = new FakeProc(directory.resolve("proc"));
        proc.kernelThreads();
        proc.memory(16L << 20, 4L << 20);
        proc.file("sys/kernel/random/boot_id", BOOT + "\n");
        proc.file("sys/kernel/osrelease", "6.18.0\n");
        state = Files.createDirectory(directory.resolve("state"));
        Files.writeString(state.resolve("originals"), """
                # KSM settings as Samepage found them
                boot %s
                run 0
                pages_to_scan 100
                sleep_millisecs 20
                smart_scan 1
                # end
                """.formatted(BOOT));
    }

    private CommandRun restore(String... more) {
        List<String> arguments = List.of(
                "restore",
                "--ksm",
                ksm.toString(),
                "--proc",
                directory.resolve("proc").toString(),
                "--state",
                state.toString());
        return CommandRun.of(
                Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private Map<String, String> settings() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (String knob : APPLIED.keySet()) {
            settings.put(knob, Files.readString(ksm.resolve(knob)).strip());
        }
        return settings;
    }

    @Test
    void putsEverySettingBackAndSaysSo() throws IOException {
        CommandRun run = restore();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Restored").contains("Every setting is as it was found.");
        assertThat(settings()).isEqualTo(FOUND);
    }

    @Test
    void failsWhereTheJournalWasDamaged() throws IOException {
        Files.writeString(state.resolve("originals"), """
                # KSM settings as Samepage found them
                boot %s
                run 0
                pages_to_sc""".formatted(BOOT));
        CommandRun run = restore();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("the file that told how was damaged", "It is kept as " + state + "/originals.damaged-1");
        assertThat(settings()).containsEntry("run", "0").containsEntry("pages_to_scan", "1000");
        assertThat(restore().exitCode()).as("the second time").isEqualTo(1);
    }

    @Test
    void stopsKsmdAndFailsWhereNothingOfTheJournalCanBeUsed() throws IOException {
        Files.writeString(state.resolve("originals"), "x");

        assertThat(restore().exitCode()).isEqualTo(1);
        Map<String, String> stopped = new TreeMap<>(APPLIED);
        stopped.put("run", "0");
        assertThat(settings()).isEqualTo(stopped);
    }

    @Test
    void saysWhatToDoWhereItsDirectoryIsNone() throws IOException {
        state = Files.createFile(directory.resolve("file"));
        CommandRun run = restore();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("Refused: " + state + "/lock cannot be written: ")
                .contains("Nothing was changed.");
    }

    @Test
    void leavesNothingOfTheJournal() throws IOException {
        Files.writeString(state.resolve("spec.json"), "{\"hash\":\"h\"}");
        restore();

        assertThat(state).isEmptyDirectory();
    }

    @Test
    void hasNothingToDoTheSecondTime() throws IOException {
        restore();
        CommandRun run = restore();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Nothing that Samepage changed is left on this node.");
        assertThat(settings()).isEqualTo(FOUND);
    }

    @Test
    void hasNothingToDoWhereThereNeverWasAnAgent() throws IOException {
        Files.delete(state.resolve("originals"));
        Files.delete(state);
        CommandRun run = restore();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("Nothing to restore: there is no " + state + " on this host.\n");
        assertThat(state).doesNotExist();
        assertThat(settings()).isEqualTo(APPLIED);
    }

    @Test
    void refusesWhileAnAgentRuns() throws IOException {
        try (Closeable _ = new StateDirectory(state).tryLock().orElseThrow()) {
            CommandRun run = restore();

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("Refused: another samepage works on this host, it holds " + state
                            + "/lock. An agent restores the host itself once no policy covers it: delete the policy, or remove"
                            + " Samepage first. A local or a second restore has to end.\n");
            assertThat(settings()).isEqualTo(APPLIED);
        }
    }

    @Test
    void writesNothingOfAnEarlierBoot() throws IOException {
        proc.file("sys/kernel/random/boot_id", "99999999-2222-3333-4444-555555555555\n");
        CommandRun run = restore();

        assertThat(run.exitCode()).isZero();
        assertThat(settings()).isEqualTo(APPLIED);
    }

    @Test
    void saysWhereAHostHasNoKsmAnyMore() throws IOException {
        ksm = directory.resolve("nowhere");
        CommandRun run = restore();

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("Not everything could be put back: ")
                .contains("has no file run")
                .doesNotContain("--unmerge");
        assertThat(Files.exists(state.resolve("originals"))).isTrue();
    }

    @Test
    void aReserveOfMoreThanAllIsWrongUsage() {
        CommandRun run = restore("--reserve-percent", "91");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("--reserve-percent 91 is not from 0 to 90.");
    }
}
