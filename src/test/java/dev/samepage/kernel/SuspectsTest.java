package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuspectsTest {
    private static final Map<Knob, Long> STOPPED = Map.of(Knob.RUN, 0L);
    private static final Map<Knob, Long> RATE = Map.of(Knob.PAGES_TO_SCAN, 1250L, Knob.SLEEP_MILLISECS, 10L);

    @TempDir
    Path directory;

    private FakeProc proc;
    private Suspects suspects;

    @BeforeEach
    void aHostWithItsUsualProcesses() {
        proc = new FakeProc(directory);
        proc.file("1/comm", "systemd\n");
        proc.file("37/comm", "ksmd\n");
        proc.file("meminfo", "MemTotal: 1 kB\n");
        suspects = new HostProc(directory).suspects();
    }

    private void runs(int pid, String comm, String... commandLine) {
        proc.file(pid + "/comm", comm + "\n");
        proc.commandLine(pid, commandLine);
    }

    @Test
    void suspectsNobodyWhereNoneOfTheKnownOnesRuns() {
        assertThat(suspects.of(STOPPED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ksmtuned, KSMTUNED",
        "momd, MOMD",
        "vcmmd, VCMMD",
        "virt-handler, VIRT_HANDLER",
        "tuned, TUNED",
        "harvester-node-, HARVESTER_NODE_MANAGER"
    })
    void tellsAProgramByItsName(String comm, KnownWriter writer) {
        runs(812, comm, comm);

        assertThat(suspects.of(STOPPED)).contains(new Suspect(writer, 812));
    }

    @Test
    void findsAProgramBehindAScriptThatDoesNotAnswer() {
        Suspects impatient = new Suspects(new ProcFiles(directory), Duration.ofSeconds(2));
        proc.file("700/comm", "bash\n");
        proc.hang("700/cmdline");
        runs(812, "ksmtuned", "ksmtuned");

        assertThat(impatient.of(STOPPED)).contains(new Suspect(KnownWriter.KSMTUNED, 812));
        proc.answer("700/cmdline");
    }

    @ParameterizedTest
    @ValueSource(strings = {"python3", "python3.11", "python", "platform-python", "bash", "sh"})
    void tellsAScriptByItsInterpretersCommandLine(String interpreter) {
        runs(812, interpreter, "/usr/bin/" + interpreter, "-Es", "/usr/sbin/momd", "-c", "/etc/momd.conf");

        assertThat(suspects.of(STOPPED)).contains(new Suspect(KnownWriter.MOMD, 812));
    }

    @Test
    void suspectsNoEditorThatHasTheScriptOpen() {
        runs(812, "vi", "vi", "/usr/sbin/ksmtuned");

        assertThat(suspects.of(STOPPED)).isEmpty();
    }

    @Test
    void suspectsNoOtherScriptForItsArguments() {
        runs(812, "bash", "bash", "watch.sh", "/usr/sbin/ksmtuned");

        assertThat(suspects.of(STOPPED)).isEmpty();
    }

    @Test
    void suspectsWhoIsThereForNothingElseBeforeWhoAlwaysRuns() {
        runs(700, "virt-handler", "virt-handler");
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");

        assertThat(suspects.of(RATE)).contains(new Suspect(KnownWriter.KSMTUNED, 812));
    }

    @Test
    void doesNotSuspectTunedOfAChangeOfRate() {
        runs(700, "tuned", "/usr/bin/python3", "/usr/sbin/tuned");

        assertThat(suspects.of(RATE)).isEmpty();
    }

    @Test
    void doesNotSuspectTunedOfStartingKsmd() {
        runs(700, "tuned", "/usr/bin/python3", "/usr/sbin/tuned");

        assertThat(suspects.of(Map.of(Knob.RUN, 1L))).isEmpty();
    }

    @Test
    void suspectsOnlyTunedOfUnmerging() {
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");
        runs(900, "tuned", "/usr/bin/python3", "/usr/sbin/tuned");

        assertThat(suspects.of(Map.of(Knob.RUN, 2L))).contains(new Suspect(KnownWriter.TUNED, 900));
    }

    @Test
    void suspectsNobodyOfAKnobThatNoneOfThemWrites() {
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");

        assertThat(suspects.of(Map.of(Knob.RUN, 0L, Knob.USE_ZERO_PAGES, 1L))).isEmpty();
    }

    @Test
    void knowsWhetherAProgramHasEnded() {
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");
        Suspect ksmtuned = suspects.of(STOPPED).orElseThrow();
        assertThat(suspects.stillRuns(ksmtuned)).isTrue();

        proc.end(812);

        assertThat(suspects.stillRuns(ksmtuned)).isFalse();
    }

    @Test
    void takesAProgramThatWasStartedAnewForTheSame() {
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");
        Suspect ksmtuned = suspects.of(STOPPED).orElseThrow();
        proc.end(812);
        runs(901, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");

        assertThat(suspects.stillRuns(ksmtuned)).isTrue();
    }

    @Test
    void takesAnotherProgramThatWasGivenTheSameProcessIdForAnother() {
        runs(812, "ksmtuned", "/bin/bash", "/usr/sbin/ksmtuned");
        Suspect ksmtuned = suspects.of(STOPPED).orElseThrow();
        proc.end(812);
        runs(812, "sleep", "sleep", "60");

        assertThat(suspects.stillRuns(ksmtuned)).isFalse();
    }

    @Test
    void saysNothingOfWhatAProcessCallsItself() {
        runs(812, "ksmtuned\u001b[31m", "/usr/sbin/ksmtuned");

        assertThat(suspects.of(STOPPED)).isEmpty();
    }

    @Test
    void suspectsNobodyWhereProcCannotBeListed() {
        assertThat(new HostProc(directory.resolve("none")).suspects().of(STOPPED))
                .isEmpty();
    }

    @Test
    void isShownWithItsProcessId() {
        assertThat(new Suspect(KnownWriter.HARVESTER_NODE_MANAGER, 12)).hasToString("harvester-node-manager (pid 12)");
    }
}
