package dev.samepage.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.vm.GuestMachine;
import dev.samepage.testbed.vm.MachineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The agent, and the tests of a real ksmd, on another kernel than this machine's: that of Debian 12, Linux 6.1, in a machine of its own. It has
 * no advisor, no smart_scan, no pages_scanned and no general_profit; cases that are about those are not run there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebianKernelFaultTest {
    private static final int MEBIBYTES = 1024;

    /** As many tests there are that need nothing which this kernel lacks. */
    private static final int LEAST_RUN = 50;

    private static final Duration LONG_ENOUGH = Duration.ofMinutes(40);

    private static final String SCRIPT = """
            cd /sys/kernel/mm/ksm
            await() { for i in $(seq 900); do if "$@"; then return; fi; sleep 1; done; echo "never: $*"; cat /run/samepage.log; exit 9; }
            knobs() { grep . run pages_to_scan sleep_millisecs merge_across_nodes max_page_sharing use_zero_pages; }
            samepage() { java -Xmx48m dev.samepage.cli.Samepage local -f $1 > /run/samepage.log 2>&1 & agent=$!; }
            end() { kill $agent; wait $agent; echo "exit $?"; }

            echo '--- kernel'
            uname -r
            ls

            echo '--- tests'
            java -Xmx128m dev.samepage.testbed.vm.TestRun \\
              dev.samepage.kernel.KsmKernelTest \\
              dev.samepage.kernel.HostKernelTest \\
              dev.samepage.kernel.UnmergeGuardKernelTest || exit 1

            echo '--- found'
            knobs
            samepage /fixed.yaml
            await grep -q Applied /run/samepage.log
            echo '--- fixed'
            knobs
            end > /dev/null
            echo '--- after fixed'
            knobs

            # This kernel does not tell what is mergeable before ksmd has been there: guests are known by their program's name.
            for i in 1 2 3; do
              sleep 99999 | ARGV0=qemu-kvm java -Xmx8m dev.samepage.testbed.guests.GuestProgram --common=40 --unique=10 --zero=0 \\
                --rewritten=0 --mark-after-millis=0 --fill-millis=0 --huge-pages=false > /run/guest$i &
              await grep -q 'samepage guest ready' /run/guest$i
            done
            samepage /adaptive.yaml
            rests_and_has_merged() { [ $(cat run) = 0 ] && [ $(cat pages_sharing) -ge 18000 ]; }
            await rests_and_has_merged
            end > /dev/null
            echo '--- after adaptive'
            knobs
            exit 0
            """;

    @SuppressWarnings("NullAway.Init") // where it cannot be started, no test runs
    private MachineRun run;

    @BeforeAll
    void runTheMachine() throws IOException {
        try {
            run = GuestMachine.find(MEBIBYTES, System.err::println)
                    .withProgram(Path.of("/usr/bin/flock"))
                    .withLibraries(
                            "junit-",
                            "opentest4j-",
                            "apiguardian-",
                            "assertj-core-",
                            "awaitility-",
                            "hamcrest-",
                            "byte-buddy-",
                            "jspecify-")
                    .with("fixed.yaml", Files.readString(Path.of("manifests/examples/fixed.yaml")))
                    .with("adaptive.yaml", Files.readString(Path.of("manifests/examples/adaptive.yaml")))
                    .run(SCRIPT, LONG_ENOUGH);
        } catch (UnavailableException e) {
            System.err.printf("%n*** DebianKernelFaultTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void comesToTheEndOfItsScript() {
        assertThat(run.exitCode()).as(run.console()).isZero();
    }

    @Test
    void isAKernelThatLacksWhatNewerOnesHave() {
        assertThat(run.part("kernel"))
                .startsWith("6.1.")
                .contains("pages_sharing")
                .doesNotContain("advisor", "smart_scan", "pages_scanned", "general_profit");
    }

    @Test
    void passesTheTestsOfARealKsmd() {
        String kernel = run.part("kernel").lines().findFirst().orElseThrow();
        String tests = run.part("tests");
        String summary = tests.lines().reduce("", (_, last) -> last);
        System.out.printf("Linux %s: %s%n", kernel, summary);

        assertThat(tests).contains("SUCCESSFUL givesEveryPageBack()");
        assertThat(summary).matches("\\d+ run, 0 failed, \\d+ not run");
        assertThat(tests.lines().filter(line -> line.startsWith("SUCCESSFUL "))).hasSizeGreaterThanOrEqualTo(LEAST_RUN);
    }

    @Test
    void appliesFixedSettingsAndPutsThemBack() {
        assertThat(run.part("fixed")).contains("run:1", "pages_to_scan:1000", "sleep_millisecs:20");
        assertThat(run.part("after fixed"))
                .contains("run:0", "pages_to_scan:100")
                .isEqualTo(run.part("found"));
    }

    @Test
    void mergesInModeAdaptiveRestsAndPutsEverythingBack() {
        assertThat(run.part("after adaptive")).isEqualTo(run.part("found"));
    }
}
