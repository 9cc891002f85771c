package dev.samepage.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.vm.GuestMachine;
import dev.samepage.testbed.vm.MachineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A machine of 768 MiB with a kernel of its own (Debian's), where a guest has 160 MiB merged: un-merged where that fits, refused with figures
 * where it would not, and stopped where somebody else takes the memory meanwhile; nobody is killed. Needs nothing of this machine's KSM.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StarvedMachineFaultTest {
    private static final int MEBIBYTES = 768;
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(40);

    private static final String SCRIPT = """
            ksm=/sys/kernel/mm/ksm
            guest_cgroup=/sys/fs/cgroup/guest
            mib=1048576
            await() { for i in $(seq 900); do if "$@"; then return; fi; sleep 1; done; echo "never: $*"; exit 9; }
            available_mib() { echo $(($(awk '/^MemAvailable/ {print $2}' /proc/meminfo) / 1024)); }
            samepage() { java -Xmx32m dev.samepage.cli.Samepage "$@"; echo "exit $?"; }
            state() {
              echo "pages_shared $(cat $ksm/pages_shared)"
              echo "pages_sharing $(cat $ksm/pages_sharing)"
              if kill -0 $guest; then echo "guest lives"; fi
              echo "killed $(dmesg | grep -c -i 'killed process')"
            }

            echo '--- kernel'
            uname -r

            echo '--- merging'
            echo +memory > /sys/fs/cgroup/cgroup.subtree_control
            mkdir $guest_cgroup
            sleep 99999 | sh -c "echo \\$\\$ > $guest_cgroup/cgroup.procs; exec java -Xmx8m dev.samepage.testbed.guests.GuestProgram \\
              --common=0 --unique=1 --zero=160 --rewritten=0 --mark-after-millis=0 --fill-millis=0 --huge-pages=false" > /run/guest &
            guest=$!
            await grep -q 'samepage guest ready' /run/guest
            merged() { [ $(cat $ksm/pages_sharing) -gt 40000 ]; }
            merge() {
              echo 5000 > $ksm/pages_to_scan
              echo 1 > $ksm/run
              await merged
              echo 0 > $ksm/run
              echo 100 > $ksm/pages_to_scan
            }
            merge
            state

            echo '--- starved'
            dd if=/dev/zero of=/tmp/ballast bs=1M count=$(($(available_mib) - 165)) 2>/dev/null
            samepage local -f /unmerged.yaml --for 2s
            echo '--- after starved'
            state
            rm /tmp/ballast

            echo '--- limited'
            echo $(($(cat $guest_cgroup/memory.current) + 60 * mib)) > $guest_cgroup/memory.max
            samepage local -f /unmerged.yaml --for 2s
            echo '--- after limited'
            state
            echo max > $guest_cgroup/memory.max

            echo '--- fits'
            echo "available $(available_mib)"
            samepage local -f /unmerged.yaml --for 2s
            echo '--- after fits'
            state

            merge
            slow=/sys/fs/cgroup/slow
            mkdir $slow
            echo +cpu > /sys/fs/cgroup/cgroup.subtree_control
            echo '2000 100000' > $slow/cpu.max
            samepage local -f /unmerged.yaml --for 2s > /run/stopped 2>&1 &
            local=$!
            until [ $(cat $ksm/run) = 2 ]; do :; done
            grep -l 'Unmerge[C]hild' /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 > $slow/cgroup.procs
            sleep 6
            dd if=/dev/zero of=/tmp/ballast bs=1M count=$(($(available_mib) - 100)) 2>/dev/null
            is_stopped() { [ $(cat $ksm/run) = 0 ]; }
            await is_stopped
            echo '--- while stopped'
            state
            rm /tmp/ballast
            wait $local
            echo '--- stopped'
            cat /run/stopped
            echo '--- after stopped'
            state

            mkdir /run/full
            mount -t tmpfs -o size=4k full /run/full
            dd if=/dev/zero of=/run/full/filler bs=4k count=1 2>/dev/null
            echo '--- full'
            samepage local -f /fixed.yaml --for 2s --state /run/full
            echo '--- after full'
            grep . $ksm/run $ksm/pages_to_scan
            mount -o remount,ro /run/full
            echo '--- read-only'
            samepage local -f /fixed.yaml --for 2s --state /run/full
            echo '--- after read-only'
            grep . $ksm/run $ksm/pages_to_scan
            exit 0
            """;

    private static final Pattern TOO_LITTLE =
            Pattern.compile("Un-merging refused: needed (\\d+) MiB, available (\\d+) MiB,"
                    + " reserve (\\d+) MiB: (\\d+) MiB short\\. Move a guest away");

    @SuppressWarnings("NullAway.Init") // where it cannot be started, no test runs
    private MachineRun run;

    @BeforeAll
    void runTheMachine() throws IOException {
        try {
            run = GuestMachine.find(MEBIBYTES, System.err::println)
                    .with("unmerged.yaml", Files.readString(Path.of("manifests/examples/unmerged.yaml")))
                    .with("fixed.yaml", Files.readString(Path.of("manifests/examples/fixed.yaml")))
                    .run(SCRIPT, LONG_ENOUGH);
        } catch (UnavailableException e) {
            System.err.printf("%n*** StarvedMachineFaultTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void comesToTheEndOfItsScript() {
        assertThat(run.exitCode()).as(run.console()).isZero();
        for (String part : List.of("starved", "limited", "fits", "stopped")) {
            run.part(part)
                    .lines()
                    .filter(line -> line.startsWith("At the end:") || line.contains("Un-merging stopped"))
                    .forEach(System.out::println);
            System.out.printf("after %s: %s%n", part, run.part("after " + part).replace("\n", ", "));
        }
    }

    @Test
    void refusesWhatWouldRunOutOfMemoryAndTellsTheFigures() {
        String said = run.part("starved");

        Matcher figures = TOO_LITTLE.matcher(said);
        assertThat(figures.find()).as(said).isTrue();
        long needed = Long.parseLong(figures.group(1));
        long available = Long.parseLong(figures.group(2));
        long reserve = Long.parseLong(figures.group(3));
        assertThat(needed).isBetween(155L, 161L);
        assertThat(available).as("truly too little, whatever the reserve").isLessThan(needed);
        assertThat(reserve).isEqualTo(128);
        assertThat(said).endsWith("exit 1");
    }

    @Test
    void killsNobodyAndUnmergesNothingWhereItIsRefused() {
        assertThat(run.part("after starved")).isEqualTo(run.part("merging")).contains("guest lives", "killed 0");
    }

    @Test
    void refusesWhatWouldHaveAGuestKilledForItsCgroupsLimit() {
        assertThat(run.part("limited"))
                .containsPattern(
                        "guest java needs 1[56]\\d MiB, and of its limit of \\d+ MiB \\d+ MiB are left: it would be"
                                + " killed\\. Raise that limit, or move the guest away \\(cgroup /guest\\)\\.")
                .endsWith("exit 1");
        assertThat(run.part("after limited")).isEqualTo(run.part("merging"));
    }

    @Test
    void unmergesWhatFits() {
        assertThat(run.part("fits")).contains("nothing is merged").endsWith("exit 0");
        assertThat(run.part("after fits")).isEqualTo("""
                pages_shared 0
                pages_sharing 0
                guest lives
                killed 0""");
    }

    @Test
    void stopsWhereTheReserveIsTouchedMeanwhile() {
        assertThat(run.part("stopped"))
                .containsPattern(
                        "Un-merging stopped at \\d+ MiB still merged: available memory fell to \\d+ MiB, under the"
                                + " reserve of 128 MiB\\. It goes on in 2 s if there is room\\.");
        assertThat(run.part("while stopped")).isEqualTo(run.part("merging"));
    }

    @Test
    void goesOnWhereThereIsRoomAgain() {
        assertThat(run.part("stopped")).contains("nothing is merged").endsWith("exit 0");
        assertThat(run.part("after stopped")).isEqualTo(run.part("after fits"));
    }

    @Test
    void writesNothingToTheKernelWhereTheDiskOfTheJournalIsFull() {
        assertThat(run.part("full"))
                .contains("Nothing is changed on this host", "No space left on device")
                .endsWith("exit 1");
        assertThat(run.part("after full")).isEqualTo("""
                /sys/kernel/mm/ksm/run:0
                /sys/kernel/mm/ksm/pages_to_scan:100""");
    }

    @Test
    void writesNothingToTheKernelWhereTheDiskOfTheJournalIsReadOnly() {
        assertThat(run.part("read-only"))
                .contains("Nothing is changed on this host", "Read-only file system")
                .endsWith("exit 1");
        assertThat(run.part("after read-only")).isEqualTo(run.part("after full"));
    }
}
