package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host of 10,000 MiB with a reserve of 1,000 MiB, of which 2,000 MiB are merged. */
class UnmergeGuardTest {
    private static final int PAGES_OF_A_MIB = 256;
    private static final int RESERVE_PERCENT = 10;
    private static final UnmergeResult DONE = new UnmergeResult.Unmerged();
    private static final UnmergeResult NOT_ALLOWED = new UnmergeResult.NotAllowed();

    @TempDir
    Path directory;

    private final FakeKsm ksm = FakeKsm.linux618().merge(2000 * PAGES_OF_A_MIB);
    private final ScriptedWriter writer = new ScriptedWriter();
    private final RecordedCaller caller = new RecordedCaller();
    private final List<String> progress = caller.pauses;
    private FakeProc proc;
    private FakeCgroups cgroups;
    private UnmergeGuard guard;

    @BeforeEach
    void setUp() {
        Path procDirectory = directory.resolve("proc");
        proc = new FakeProc(procDirectory);
        cgroups = new FakeCgroups(directory.resolve("cgroup"));
        proc.pageSize(4096);
        proc.kernelThreads();
        proc.uptime(100);
        proc.process(99, "unlimited", 1);
        proc.merged(99, 1000 * PAGES_OF_A_MIB, 0);
        proc.file("99/cgroup", "0::/\n");
        available(5000);
        guard = guard(new Guests(procDirectory, () -> Instant.EPOCH));
    }

    private UnmergeGuard guard(Guests guests) {
        return new UnmergeGuard(
                new UnmergeMemory(new Ksm(ksm), directory.resolve("proc"), directory.resolve("cgroup"), guests),
                writer,
                writer);
    }

    private void available(long mebibytes) {
        proc.memory(10_000L << 10, mebibytes << 10);
    }

    private void stillMerged(long mebibytes) {
        ksm.with(Counter.PAGES_SHARED, mebibytes * PAGES_OF_A_MIB)
                .with(Counter.PAGES_SHARING, mebibytes * PAGES_OF_A_MIB);
    }

    private void guest(int pid, String name, long mergedMebibytes, long limitMebibytes, long usedMebibytes) {
        proc.process(pid, name, 1);
        proc.merged(pid, mergedMebibytes * PAGES_OF_A_MIB, 0);
        proc.file(pid + "/cgroup", "0::/" + name + "\n");
        cgroups.version2("/" + name, limitMebibytes << 20, usedMebibytes << 20, 0);
    }

    /** Nothing happens. */
    private void nothing() {}

    private UnmergeResult unmerge() {
        return guard.unmerge(RESERVE_PERCENT, false, caller);
    }

    @Test
    void unmergesWhereThereIsEnough() {
        writer.then(DONE, this::nothing, this::nothing);

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(writer.told).isEqualTo(1);
        assertThat(writer.killed).isZero();
        assertThat(progress).isEmpty();
    }

    @Test
    void startsNothingWhereThereIsTooLittle() {
        available(2999);

        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.TooLittle(
                        "needed 2000 MiB, available 2999 MiB, reserve 1000 MiB: 1 MiB short",
                        "Move a guest away, free memory, or lower unmerge.reservePercent."));
        assertThat(writer.started).isZero();
    }

    @Test
    void needsNothingForWhatIsStillCountedOfGuestsThatAreGone() {
        proc.end(99);
        available(1);
        writer.then(DONE, this::nothing);

        assertThat(unmerge()).isEqualTo(DONE);
    }

    @Test
    void unmergesWithoutPermissionWhereGuestsAreGone() {
        proc.end(99);
        writer.then(DONE);

        assertThat(guard.unmerge(RESERVE_PERCENT, true, caller)).isEqualTo(DONE);
    }

    @Test
    void startsNothingWithoutPermissionWhereAGuestIsFound() {
        assertThat(guard.unmerge(RESERVE_PERCENT, true, caller)).isEqualTo(NOT_ALLOWED);
        assertThat(writer.started).isZero();
    }

    @Test
    void unmergesNoGuestWithoutPermissionThatComesWhileTheProcessStarts() {
        proc.end(99);
        writer.then(DONE).whileStarting(() -> guest(100, "web", 7, 1000, 600));

        assertThat(guard.unmerge(RESERVE_PERCENT, true, caller)).isEqualTo(NOT_ALLOWED);
        assertThat(caller.begun).isEmpty();
        assertThat(writer.told).isZero();
    }

    @Test
    void unmergesNoGuestWithoutPermissionThatComesWhileKsmdIsStopped() {
        proc.end(99);
        caller.whenItBegins(() -> guest(100, "web", 7, 1000, 600));
        writer.then(DONE);

        assertThat(guard.unmerge(RESERVE_PERCENT, true, caller)).isEqualTo(NOT_ALLOWED);
        assertThat(writer.told).isZero();
    }

    @Test
    void needsWhatIsCountedWhereSomebodyOffersMemoryWhomNobodyHasNoticed() {
        proc.ksmStat(99, 0, "no", "no");
        Guests guests = new Guests(directory.resolve("proc"), () -> Instant.EPOCH);
        guests.scan();
        assertThat(guests.areGone()).isTrue();
        guard = guard(guests);
        proc.ksmStat(99, 7, "no", "yes");
        available(2999);

        assertThat(unmerge()).isInstanceOf(UnmergeResult.TooLittle.class);
    }

    @Test
    void readsMemoryAfterTheGuestsWhoMayBeSlowToAnswer() {
        Guests guests = new Guests(directory.resolve("proc"), () -> {
            available(2999);
            return Instant.EPOCH;
        });
        guard = guard(guests);
        writer.then(DONE);

        assertThat(unmerge()).isInstanceOf(UnmergeResult.TooLittle.class);
    }

    @Test
    void decidesAnewWhenTheProcessIsReadyToWrite() {
        available(3000);
        // It starts, and by then a guest more has come.
        writer.then(DONE).whileStarting(() -> available(2000));

        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.TooLittle(
                        "needed 2000 MiB, available 2000 MiB, reserve 1000 MiB: 1000 MiB short",
                        "Move a guest away, free memory, or lower unmerge.reservePercent."));
        assertThat(writer.started).isEqualTo(1);
        assertThat(writer.told).isZero();
    }

    @Test
    void tellsNobodyThatItBeginsWhereThereIsTooLittle() {
        available(3000);
        writer.then(DONE).whileStarting(() -> available(2000));

        unmerge();

        assertThat(caller.begun).isEmpty();
    }

    @Test
    void decidesAnewOnceKsmdWasStopped() {
        available(3000);
        caller.whenItBegins(() -> available(2000));
        writer.then(DONE);

        assertThat(unmerge()).isInstanceOf(UnmergeResult.TooLittle.class);
        assertThat(writer.told).isZero();
    }

    @Test
    void tellsOnceThatItBegins() {
        writer.then(new UnmergeResult.Killed(9)).then(DONE);

        unmerge();

        assertThat(caller.begun).hasSize(1);
    }

    @Test
    void tellsForHowManyGuestsNobodyKnowsWhetherTheirLimitsAllowIt() {
        guest(100, "web", 300, 1000, 600);
        proc.process(101, "hidden", 1);
        proc.merged(101, 7, 0);
        proc.file("101/cgroup", "0::/nowhere\n");
        writer.then(DONE);

        unmerge();

        assertThat(caller.begun).containsExactly(1);
    }

    @Test
    void writesNothingWhereItMayNotBegin() {
        caller.letsItBegin = false;
        writer.then(DONE);

        assertThat(unmerge()).isEqualTo(new UnmergeResult.CalledOff());
        assertThat(writer.told).isZero();
    }

    @Test
    void startsNothingThatNobodyWantsAnyMore() {
        caller.wants = false;

        assertThat(unmerge()).isEqualTo(new UnmergeResult.CalledOff());
        assertThat(writer.started).isZero();
    }

    @Test
    void stopsWhereNobodyWantsItAnyMore() {
        writer.then(DONE, () -> caller.wants = false, this::nothing, this::nothing)
                .then(DONE);

        assertThat(unmerge()).isEqualTo(new UnmergeResult.CalledOff());
        assertThat(writer.killed).isEqualTo(1);
        assertThat(writer.started).isEqualTo(1);
    }

    @Test
    void isDoneWhereItWasCalledOffTooLate() {
        writer.then(DONE, () -> caller.wants = false);

        assertThat(unmerge()).isEqualTo(DONE);
    }

    @Test
    void doesNotGoOnAfterAPauseInWhichItWasCalledOff() {
        writer.then(new UnmergeResult.Killed(9)).then(DONE);
        writer.whilePausing(() -> caller.wants = false);

        assertThat(unmerge()).isEqualTo(new UnmergeResult.CalledOff());
        assertThat(writer.pauses).hasSize(1);
        assertThat(writer.started).isEqualTo(1);
    }

    @Test
    void doesNotWaitForAProcessToStartThatNobodyWantsAnyMore() {
        writer.thenOneThatHangsAtItsStart().whileStarting(() -> caller.wants = false);

        assertThat(unmerge()).isEqualTo(new UnmergeResult.CalledOff());
    }

    @Test
    void refusesWhatWouldHaveAGuestKilledForItsLimit() {
        guest(100, "web", 300, 1000, 600);
        guest(101, "db", 300, 1000, 800);

        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.TooLittle(
                        "guest db needs 300 MiB, and of its limit of 1000 MiB 200 MiB are left: it would be killed",
                        "Raise that limit, or move the guest away (cgroup /db)."));
        assertThat(writer.started).isZero();
    }

    @Test
    void refusesWhereAGuestUnderALimitDoesNotAnswer() throws IOException {
        guest(100, "web", 300, 1000, 600);
        Guests guests = new Guests(directory.resolve("proc"), () -> Instant.EPOCH);
        assertThat(guests.scan()).hasSize(2);
        guard = guard(guests);
        Files.delete(directory.resolve("proc/100/ksm_stat"));
        proc.hang("100/ksm_stat");

        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.TooLittle(
                        "guest web does not answer what it needs of its limit",
                        "Find out what its process waits for (/proc/100/stack), or move the guest away."));
        assertThat(writer.started).isZero();
        proc.answer("100/ksm_stat");
    }

    @Test
    void unmergesWhereEveryLimitHoldsIt() {
        guest(100, "web", 300, 1000, 700);
        writer.then(DONE);

        assertThat(unmerge()).isEqualTo(DONE);
    }

    @Test
    void stopsWhereTheReserveIsTouchedAndGoesOnWhenThereIsRoomAgain() {
        writer.then(DONE, () -> available(999), this::nothing, this::nothing).then(DONE);
        writer.whilePausing(() -> available(5000));

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(writer.killed).isEqualTo(1);
        assertThat(writer.told).isEqualTo(2);
        assertThat(progress)
                .containsExactly("Un-merging stopped at 2000 MiB still merged: available memory fell to 999 MiB, under"
                        + " the reserve of 1000 MiB. It goes on in 2 s if there is room.");
    }

    @Test
    void watchesMemoryAlsoWhereNoReserveIsAskedFor() {
        writer.then(DONE, () -> available(127), this::nothing, this::nothing).then(DONE);
        writer.whilePausing(() -> available(5000));

        assertThat(guard.unmerge(0, false, caller)).isEqualTo(DONE);
        assertThat(progress)
                .containsExactly("Un-merging stopped at 2000 MiB still merged: available memory fell to 127 MiB, under"
                        + " the reserve of 128 MiB. It goes on in 2 s if there is room.");
    }

    @Test
    void needsRoomOnlyForWhatIsStillMergedWhenItGoesOn() {
        Runnable touchesTheReserve = () -> {
            available(999);
            stillMerged(500);
        };
        writer.then(DONE, touchesTheReserve, this::nothing, this::nothing).then(DONE);
        writer.whilePausing(() -> available(1500));

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(writer.told).isEqualTo(2);
        assertThat(progress)
                .containsExactly("Un-merging stopped at 500 MiB still merged: available memory fell to 999 MiB, under"
                        + " the reserve of 1000 MiB. It goes on in 2 s if there is room.");
    }

    @Test
    void looksAtMemoryFiveTimesASecond() {
        writer.then(DONE, this::nothing, this::nothing, this::nothing);

        unmerge();

        assertThat(writer.waits).hasSize(4).containsOnly(Duration.ofMillis(200));
    }

    @Test
    void goesOnToTheLastByteOfTheReserve() {
        writer.then(DONE, () -> available(1000), this::nothing);

        assertThat(unmerge()).isEqualTo(DONE);
    }

    @Test
    void stopsWhereSomebodyElseUsesWhatWasToBeLeftOfALimit() {
        guest(100, "web", 300, 1000, 600);
        writer.then(DONE, () -> cgroups.version2("/web", 1000L << 20, 951L << 20, 0), this::nothing, this::nothing)
                .then(DONE);
        writer.whilePausing(() -> cgroups.version2("/web", 1000L << 20, 700L << 20, 0));

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(progress)
                .containsExactly(
                        "Un-merging stopped at 2000 MiB still merged: of the limit of guest web, 1000 MiB, only"
                                + " 49 MiB are left. It goes on in 2 s if there is room.");
    }

    @Test
    void isDoneWhereItWasStoppedTooLate() {
        writer.then(DONE, () -> available(10));

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(writer.killed).isEqualTo(1);
    }

    @Test
    void givesUpAfterFiveTriesWithGrowingPausesAndTellsTheFigures() {
        for (int mebibytes = 1900; mebibytes > 1000; mebibytes -= 100) {
            int left = mebibytes;
            Runnable touchesTheReserve = () -> {
                available(700);
                stillMerged(left);
            };
            writer.then(DONE, touchesTheReserve, this::nothing, this::nothing);
        }
        writer.whilePausing(() -> available(5000));

        UnmergeResult result = unmerge();

        assertThat(writer.told).isEqualTo(5);
        assertThat(writer.pauses).hasSize(2 + 4 + 8 + 16).containsOnly(Duration.ofSeconds(1));
        assertThat(result).isInstanceOf(UnmergeResult.GivenUp.class);
        assertThat(((UnmergeResult.GivenUp) result).reason())
                .isEqualTo("5 tries in 32 s left 1500 MiB merged; the last: available memory fell to 700 MiB, under the"
                        + " reserve of 1000 MiB");
    }

    @Test
    void startsNothingAgainWhileThereIsNoRoom() {
        writer.then(DONE, () -> available(700), this::nothing, this::nothing);

        UnmergeResult result = unmerge();

        assertThat(writer.started).isEqualTo(1);
        assertThat(((UnmergeResult.GivenUp) result).last())
                .isEqualTo(new UnmergeResult.TooLittle(
                        "needed 2000 MiB, available 700 MiB, reserve 1000 MiB: 2300 MiB short",
                        "Move a guest away, free memory, or lower unmerge.reservePercent."));
    }

    @Test
    void goesOnAfterEnomem() {
        writer.then(new UnmergeResult.Refused(Errno.ENOMEM, "no memory")).then(DONE);

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(progress)
                .containsExactly(
                        "Un-merging stopped at 2000 MiB still merged: ENOMEM, no memory. It goes on in 2 s if there is room.");
    }

    @Test
    void goesOnAfterASignal() {
        writer.then(new UnmergeResult.Refused(Errno.EINTR, "a signal stopped it"))
                .then(DONE);

        assertThat(unmerge()).isEqualTo(DONE);
    }

    @Test
    void goesOnWhereTheProcessWasKilled() {
        writer.then(new UnmergeResult.Killed(9)).then(DONE);

        assertThat(unmerge()).isEqualTo(DONE);
        assertThat(progress)
                .containsExactly("Un-merging stopped at 2000 MiB still merged: the process that did it was killed by"
                        + " signal 9, as happens when memory runs out. It goes on in 2 s if there is room.");
    }

    @Test
    void givesUpWhereTheProcessIsKilledAgainAndAgain() {
        for (int i = 0; i < 9; i++) {
            writer.then(new UnmergeResult.Killed(9));
        }

        assertThat(unmerge()).isInstanceOf(UnmergeResult.GivenUp.class);
        assertThat(writer.started).isEqualTo(5);
    }

    @Test
    void doesNotTryAgainWhatNoPauseHelps() {
        UnmergeResult readOnly = new UnmergeResult.Refused(Errno.EROFS, "it is mounted read-only");
        writer.then(readOnly).then(DONE);

        assertThat(unmerge()).isEqualTo(readOnly);
        assertThat(writer.started).isEqualTo(1);
    }

    @Test
    void doesNotFightWhoeverMergesAgain() {
        writer.then(new UnmergeResult.StillMerged(17, 0)).then(DONE);

        assertThat(unmerge()).isEqualTo(new UnmergeResult.StillMerged(17, 0));
        assertThat(writer.started).isEqualTo(1);
    }

    @Test
    void isGivenUpAfterTenMinutes() {
        writer.then(DONE, this::nothing, () -> writer.pass(Duration.ofMinutes(10)), this::nothing, this::nothing)
                .then(DONE);

        UnmergeResult result = unmerge();

        assertThat(writer.killed).isEqualTo(1);
        assertThat(result).isInstanceOf(UnmergeResult.GivenUp.class);
        assertThat(((UnmergeResult.GivenUp) result).reason())
                .isEqualTo("1 try in 600 s left 2000 MiB merged; the last: it was not done within 10 minutes");
    }

    @Test
    void doesNotWaitForEverForAProcessThatDoesNotStart() {
        writer.thenOneThatHangsAtItsStart();

        assertThat(unmerge()).isEqualTo(new UnmergeResult.Failed("the child process did not start in time"));
        assertThat(writer.killed).isEqualTo(1);
    }

    @Test
    void stopsWhereMemoryCannotBeWatchedAnyMore() {
        writer.then(DONE, () -> proc.file("meminfo", "MemTotal: nonsense\n"), this::nothing, this::nothing);

        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.Failed(
                        "it could not be followed: java.io.IOException: meminfo has no MemTotal"));
        assertThat(writer.killed).isEqualTo(1);
    }

    @Test
    void saysWhyNoProcessCouldBeStarted() {
        assertThat(unmerge())
                .isEqualTo(new UnmergeResult.Failed(
                        "it could not be followed: java.io.IOException: nothing more is in the script"));
    }
}
