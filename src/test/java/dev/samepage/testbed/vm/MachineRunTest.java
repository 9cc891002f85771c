package dev.samepage.testbed.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MachineRunTest {
    private static final String CONSOLE =
            "--- one\r\n1\r\n--- two\r\n2\r\n3\r\n\r\n=== ended with 7\r\n[ 17.8] reboot: Restarting system\r\n";

    @Test
    void tellsHowTheScriptEnded() {
        assertThat(MachineRun.of(CONSOLE).exitCode()).isEqualTo(7);
    }

    @Test
    void tellsTheOutputOfEachPart() {
        MachineRun run = MachineRun.of(CONSOLE);

        assertThat(run.part("one")).isEqualTo("1");
        assertThat(run.part("two")).isEqualTo("2\n3");
    }

    @Test
    void saysThatThereIsNoSuchPart() {
        assertThatThrownBy(() -> MachineRun.of(CONSOLE).part("three"))
                .hasMessageStartingWith("There is no \"--- three\" on the console:");
    }

    @Test
    void showsTheConsoleOfAMachineThatDied() {
        assertThatThrownBy(() -> MachineRun.of("--- one\r\nKernel panic - not syncing\r\n"))
                .hasMessageEndingWith("The console showed last:\n--- one\nKernel panic - not syncing\n");
    }
}
