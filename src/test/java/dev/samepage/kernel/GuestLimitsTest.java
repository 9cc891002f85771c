package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestLimitsTest {
    private static final long MIB = 1L << 20;
    private static final int PAGES_OF_A_MIB = 256;
    private static final Guest WEB = new Guest(100, "default_web", 100);
    private static final Guest DATABASE = new Guest(200, "default_db", 100);

    @TempDir
    Path directory;

    private FakeProc proc;
    private FakeCgroups cgroups;
    private GuestLimits limits;

    @BeforeEach
    void setUp() {
        Path procDirectory = directory.resolve("proc");
        Path cgroupDirectory = directory.resolve("cgroup");
        proc = new FakeProc(procDirectory);
        cgroups = new FakeCgroups(cgroupDirectory);
        ProcFiles files = new ProcFiles(procDirectory);
        limits = new GuestLimits(files, new MemoryCgroups(files, cgroupDirectory), Duration.ofSeconds(2));
        proc.process(WEB.pid(), "web", 1);
        proc.process(DATABASE.pid(), "db", 1);
        proc.file(WEB.pid() + "/cgroup", "0::/pods/web\n");
        proc.file(DATABASE.pid() + "/cgroup", "0::/pods/db\n");
        cgroups.version2("/pods", 1000 * MIB, 700 * MIB, 0);
        cgroups.version2("/pods/web", 500 * MIB, 100 * MIB, 0);
        cgroups.version2("/pods/db", "max", 100 * MIB, 0);
    }

    private List<LimitCheck> checks() {
        return limits.needs(List.of(WEB, DATABASE), 4096).checks();
    }

    @Test
    void addsUpWhatTheGuestsOfACgroupNeed() {
        proc.merged(WEB.pid(), 100 * PAGES_OF_A_MIB, 10 * PAGES_OF_A_MIB);
        proc.merged(DATABASE.pid(), 200 * PAGES_OF_A_MIB, 0);

        assertThat(checks())
                .containsExactly(
                        new LimitCheck("/pods/web", "default_web", 0, 110 * MIB, 500 * MIB, 100 * MIB),
                        new LimitCheck("/pods", "default_db", 1, 310 * MIB, 1000 * MIB, 700 * MIB));
    }

    @Test
    void leavesOutGuestsThatHaveNothingMerged() {
        proc.merged(WEB.pid(), 0, 0);
        proc.merged(DATABASE.pid(), 0, 0);

        assertThat(checks()).isEmpty();
    }

    @Test
    void countsAndLeavesOutGuestsWhoseStatisticsCannotBeRead() {
        proc.merged(DATABASE.pid(), PAGES_OF_A_MIB, 0);

        GuestLimits.Needs needs = limits.needs(List.of(WEB, DATABASE), 4096);

        assertThat(needs.checks()).extracting(LimitCheck::guest).containsExactly("default_db");
        assertThat(needs.unknown()).isEqualTo(1);
    }

    @Test
    void countsAndLeavesOutGuestsWhoseCgroupIsNotFound() {
        proc.merged(WEB.pid(), PAGES_OF_A_MIB, 0);
        proc.merged(DATABASE.pid(), PAGES_OF_A_MIB, 0);
        proc.file(WEB.pid() + "/cgroup", "0::/nowhere\n");

        GuestLimits.Needs needs = limits.needs(List.of(WEB, DATABASE), 4096);

        assertThat(needs.checks()).extracting(LimitCheck::guest).containsExactly("default_db");
        assertThat(needs.unknown()).isEqualTo(1);
    }

    @Test
    void doesNotCountGuestsThatHaveNothingMerged() {
        proc.merged(WEB.pid(), 0, 0);
        proc.file(WEB.pid() + "/cgroup", "0::/nowhere\n");

        assertThat(limits.needs(List.of(WEB), 4096).unknown()).isZero();
    }

    @Test
    void doesNotCountGuestsWithoutALimitWhoseStatisticsCannotBeRead() {
        cgroups.version2("/pods", "max", 700 * MIB, 0);

        assertThat(limits.needs(List.of(DATABASE), 4096).unknown()).isZero();
    }

    @Test
    void doesNotCountGuestsThatHaveEndedMeanwhile() {
        proc.end(WEB.pid());

        assertThat(limits.needs(List.of(WEB), 4096).unknown()).isZero();
    }

    @Test
    void doesNotCountGuestsWhoseProcessIdIsSomebodyElsesByNow() {
        proc.process(WEB.pid(), "bash", 2);

        assertThat(limits.needs(List.of(WEB), 4096).unknown()).isZero();
    }

    @Test
    void tellsWhoseNeedIsUnknownBecauseItDoesNotAnswer() {
        proc.hang(WEB.pid() + "/ksm_stat");
        proc.merged(DATABASE.pid(), PAGES_OF_A_MIB, 0);

        GuestLimits.Needs needs = limits.needs(List.of(WEB, DATABASE), 4096);

        assertThat(needs.checks()).extracting(LimitCheck::guest).containsExactly("default_db");
        assertThat(needs.silent()).containsExactly(WEB);
        proc.answer(WEB.pid() + "/ksm_stat");
    }

    @Test
    void doesNotMindTheSilenceOfAGuestWithoutALimit() {
        cgroups.version2("/pods", "max", 700 * MIB, 0);
        proc.hang(DATABASE.pid() + "/ksm_stat");

        assertThat(limits.needs(List.of(DATABASE), 4096).silent()).isEmpty();
        proc.answer(DATABASE.pid() + "/ksm_stat");
    }

    /** Four threads hang at the most, and so nobody asks the fifth guest. */
    @Test
    void doesNotTakeAGuestThatNobodyAsksForOneThatNeedsNothing() {
        GuestLimits impatient = new GuestLimits(
                new ProcFiles(directory.resolve("proc")),
                new MemoryCgroups(new ProcFiles(directory.resolve("proc")), directory.resolve("cgroup")),
                Duration.ofMillis(200));
        List<Guest> hanging = IntStream.range(300, 304)
                .mapToObj(pid -> new Guest(pid, "hanging", 1))
                .toList();
        hanging.forEach(guest -> {
            proc.process(guest.pid(), "hanging", 1);
            proc.hang(guest.pid() + "/ksm_stat");
        });
        impatient.needs(hanging, 4096);
        proc.merged(WEB.pid(), 100 * PAGES_OF_A_MIB, 0);

        assertThat(impatient.needs(List.of(WEB), 4096).silent()).containsExactly(WEB);
        hanging.forEach(guest -> proc.answer(guest.pid() + "/ksm_stat"));
    }

    @Test
    void readsTheOlderFileWhereKsmStatDoesNotTell() {
        proc.file(WEB.pid() + "/ksm_stat", "ksm_rmap_items 5000\n");
        proc.file(WEB.pid() + "/ksm_merging_pages", 3 * PAGES_OF_A_MIB + "\n");

        assertThat(checks()).extracting(LimitCheck::neededBytes).containsExactly(3 * MIB, 3 * MIB);
    }

    @Test
    void namesTheGuestItsNeedAndWhatItsLimitLeaves() {
        LimitCheck check = new LimitCheck("/pods/web", "default_web", 0, 110 * MIB, 500 * MIB, 400 * MIB);

        assertThat(check.enough()).isFalse();
        assertThat(check.shortage())
                .isEqualTo(
                        "guest default_web needs 110 MiB, and of its limit of 500 MiB 100 MiB are left: it would be killed");
        assertThat(check.advice()).isEqualTo("Raise that limit, or move the guest away (cgroup /pods/web).");
    }

    @Test
    void namesTheNeediestOfSeveralGuests() {
        LimitCheck check = new LimitCheck("/pods", "default_db", 2, 310 * MIB, 300 * MIB, 400 * MIB);

        assertThat(check.shortage())
                .isEqualTo("guests default_db and 2 more need 310 MiB, and of their limit of 300 MiB 0 MiB are left:"
                        + " one would be killed");
    }

    @Test
    void isEnoughWhereItFitsExactly() {
        assertThat(new LimitCheck("/pods/web", "default_web", 0, 100, 500, 400).enough())
                .isTrue();
    }

    @Test
    void noticesThatSomebodyElseUsesWhatWasToBeLeft() {
        proc.merged(WEB.pid(), 100 * PAGES_OF_A_MIB, 0);
        List<LimitCheck> begun = limits.needs(List.of(WEB), 4096).checks();
        cgroups.version2("/pods/web", 500 * MIB, 351 * MIB, 0);

        assertThat(limits.usedUp(begun))
                .contains(new LimitCheck("/pods/web", "default_web", 0, 100 * MIB, 500 * MIB, 351 * MIB));
    }

    @Test
    void isNotAlarmedByWhatUnmergingItselfTakes() {
        proc.merged(WEB.pid(), 100 * PAGES_OF_A_MIB, 0);
        List<LimitCheck> begun = limits.needs(List.of(WEB), 4096).checks();
        cgroups.version2("/pods/web", 500 * MIB, 200 * MIB, 0);

        assertThat(limits.usedUp(begun)).isEmpty();
    }

    @Test
    void isNotAlarmedByACgroupThatIsGone() {
        LimitCheck gone = new LimitCheck("/pods/gone", "default_web", 0, MIB, 500 * MIB, 100 * MIB);

        assertThat(limits.usedUp(List.of(gone))).isEmpty();
    }
}
