package dev.samepage.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.vm.GuestMachine;
import dev.samepage.testbed.vm.MachineRun;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The tests of a real ksmd on another kernel than this machine's: Debian's, in a machine of its own. Debian 12's is Linux 6.1, which has no
 * advisor, no smart_scan and no general_profit: the cases that are about those are not run there.
 */
class DebianKernelTest {
    private static final int MEBIBYTES = 1024;
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(40);

    @Test
    void passesTheTestsOfARealKsmd() {
        MachineRun run = machine().run("""
                uname -r
                java -Xmx128m dev.samepage.testbed.vm.TestRun \\
                  dev.samepage.kernel.KsmKernelTest \\
                  dev.samepage.kernel.HostKernelTest \\
                  dev.samepage.kernel.UnmergeGuardKernelTest
                """, LONG_ENOUGH);

        assertThat(run.exitCode()).as(run.console()).isZero();
        assertThat(run.console()).contains("SUCCESSFUL givesEveryPageBack()", " 0 failed, ");
    }

    private static GuestMachine machine() {
        try {
            return GuestMachine.find(MEBIBYTES, System.err::println)
                    .withProgram(Path.of("/usr/bin/flock"))
                    .withLibraries(
                            "junit-",
                            "opentest4j-",
                            "apiguardian-",
                            "assertj-core-",
                            "awaitility-",
                            "hamcrest-",
                            "byte-buddy-",
                            "jspecify-");
        } catch (UnavailableException e) {
            System.err.printf("%n*** DebianKernelTest WAS NOT RUN: %s%n%n", e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }
}
