package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.testbed.guests.ProcessGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mode Adaptive on this machine's KSM, with the agent's own rounds. */
@RealKsm
class AdaptiveKernelTest {
    private static final long MEBIBYTE = 1 << 20;
    /**
     * Off huge pages, which the kernel may have to split first: some then merge a lap later. And nothing is rewritten in it: of so little memory
     * a lap takes less time than passes between two writes, and such pages mislead the kernel's search (see adaptive.md).
     */
    private static final GuestMemory GUEST = GuestMemory.of(40, 20).withoutHugePages();

    private static final int TOLERANCE_PERCENT = 2;

    @TempDir
    Path state;

    /** With so low a floor also the last piece of a guest that came late is worth a boost. */
    private AdaptiveOnRealKsm agent(int maxCpuPercent) {
        return new AdaptiveOnRealKsm(state, maxCpuPercent, "8Mi").start();
    }

    private static ConditionFactory within() {
        return await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50));
    }

    private static void untilItHasSaved(AdaptiveOnRealKsm agent, long mebibytes) {
        within().untilAsserted(() -> {
            assertThat(agent.savedBytes())
                    .isGreaterThanOrEqualTo(mebibytes * MEBIBYTE * (100 - TOLERANCE_PERCENT) / 100);
            assertThat(agent.value(Knob.RUN)).isZero();
        });
    }

    /** By the guests' page tables, whatever KSM counts. */
    private static void assertSaves(GuestFleet fleet, long mebibytes) {
        assertThat(fleet.trueSavedBytes())
                .isCloseTo(mebibytes * MEBIBYTE, Percentage.withPercentage(TOLERANCE_PERCENT));
    }

    @Test
    void mergesWhatComesWhileItRestsInTwoLapsAndRestsAgain() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 3 * 40);
            long laps = agent.laps();
            fleet.add(2);
            fleet.awaitReady();
            untilItHasSaved(agent, 5 * 40);

            // One more where this machine was too busy for ksmd to be stopped at the boundary.
            assertThat(agent.laps() - laps).isBetween(2L, 3L);
            assertSaves(fleet, 5 * 40);
        }
    }

    @Test
    void mergesWhatComesWhileKsmdScans() {
        try (var agent = agent(30);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            fleet.add(2);
            fleet.awaitReady();
            untilItHasSaved(agent, 5 * 40);

            // Two for the first four, and three for the newcomers, one of which may be the same.
            assertThat(agent.laps()).isLessThanOrEqualTo(6);
            assertSaves(fleet, 5 * 40);
        }
    }

    @Test
    void makesOneBoostForABurstOfArrivals() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(2, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 40);
            long boosts = agent.boosts();
            fleet.add(6);
            fleet.awaitReady();
            untilItHasSaved(agent, 7 * 40);

            // One more where this machine was so busy that they came seconds apart.
            assertThat(agent.boosts() - boosts).isBetween(1L, 2L);
        }
    }

    @Test
    void mergesAgainWhatGuestsHaveWrittenTo() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST.withTouched(40)))
                        .awaitReady()) {
            // Of 120: they write to it while it is merged.
            untilItHasSaved(agent, 100);
            long boosts = agent.boosts();
            within().until(() -> agent.boosts() > boosts && agent.value(Knob.RUN) == 0);

            // KSM's own counters do not notice what is lost while ksmd rests.
            assertThat(fleet.trueSavedBytes()).isGreaterThan(2 * 40 * MEBIBYTE);
        }
    }

    @Test
    void leavesWhatGuestsHaveWrittenToWhereThatDoesNotPay() {
        // A boost for 240 MiB that are new pays, one for a few of the 32 MiB that they write to does not.
        try (var agent = new AdaptiveOnRealKsm(state, 70, "128Mi").start();
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST.withTouched(8)))
                        .awaitReady()) {
            within().until(() -> agent.boosts() == 1 && agent.value(Knob.RUN) == 0);
            long savedBefore = fleet.trueSavedBytes();
            within().until(() -> fleet.trueSavedBytes() < savedBefore - 4 * MEBIBYTE);
            untilItHasLooked(agent, 20);

            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.value(Knob.RUN)).isZero();
        }
    }

    @Test
    void mergesMemoryThatIsMarkedLateAndFilledSlowly() {
        GuestMemory slow = GUEST.markedAfter(Duration.ofSeconds(4)).filledIn(Duration.ofSeconds(12));
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(slow))) {
            untilItHasSaved(agent, 3 * 40);

            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void restsAfterTwoLapsWhereNothingMerges() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GuestMemory.of(0, 40)))) {
            fleet.awaitReady();
            within().until(() -> agent.boosts() == 1 && agent.value(Knob.RUN) == 0);
            assertThat(agent.laps()).isBetween(2L, 3L);

            // What comes after a boost that has brought nothing waits for 30 s.
            long cpu = agent.cpuNanos();
            fleet.add(4);
            fleet.awaitReady();
            untilItHasLooked(agent, 20);
            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
            agent.pass(Duration.ofSeconds(30));
            within().until(() -> agent.boosts() == 2 && agent.value(Knob.RUN) == 0);

            // And after another one for 60 s.
            fleet.add(4);
            fleet.awaitReady();
            agent.pass(Duration.ofSeconds(30));
            untilItHasLooked(agent, 20);
            assertThat(agent.boosts()).isEqualTo(2);
            agent.pass(Duration.ofSeconds(30));
            within().until(() -> agent.boosts() == 3);
        }
    }

    private static void untilItHasLooked(AdaptiveOnRealKsm agent, int times) {
        int before = agent.moments().size();
        within().until(() -> agent.moments().size() >= before + times);
    }

    @Test
    void letsSmallArrivalsWaitUntilTheyPayTogetherOrHaveWaitedForTenMinutes() {
        try (var agent = new AdaptiveOnRealKsm(state, 70, "64Mi").start();
                var fleet = GuestFleet.start(
                        4, new ProcessGuest(GuestMemory.of(40, 40).withoutHugePages()))) {
            fleet.awaitReady();
            untilItHasSaved(agent, 3 * 40);
            long boosts = agent.boosts();
            ProcessGuest small = new ProcessGuest(GuestMemory.of(16, 2).withoutHugePages());
            try (var arrivals = GuestFleet.start(1, small).awaitReady()) {
                untilItHasLooked(agent, 5);
                while (agent.boosts() == boosts) {
                    arrivals.add(1);
                    arrivals.awaitReady();
                    untilItHasLooked(agent, 5);
                }
                assertThat(arrivals.pids()).hasSizeBetween(2, 15);
                within().until(() -> agent.value(Knob.RUN) == 0);
                assertThat(agent.boosts()).isEqualTo(boosts + 1);
                arrivals.add(1);
                arrivals.awaitReady();
                untilItHasLooked(agent, 5);
                assertThat(agent.boosts()).isEqualTo(boosts + 1);
                agent.pass(Duration.ofMinutes(10));
                within().until(() -> agent.boosts() == boosts + 2);
            }
        }
    }

    @Test
    void anAgentThatStartsInTheMiddleOfABoostFinishesIt() {
        try (var agent = agent(30);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            agent.stop();
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            assertThat(agent.savedBytes()).isLessThan(3 * 40 * MEBIBYTE * (100 - TOLERANCE_PERCENT) / 100);
            agent.start();
            untilItHasSaved(agent, 3 * 40);

            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void anAgentThatIsStartedAnewAgainAndAgainFinishesInTheEnd() {
        try (var agent = agent(30);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            fleet.add(2);
            for (int looks = 1; looks <= 6; looks++) {
                untilItHasLooked(agent, looks);
                agent.stop();
                agent.start();
                fleet.awaitReady();
            }
            untilItHasSaved(agent, 5 * 40);

            // At most the rest of a lap and two more for each start.
            assertThat(agent.laps()).isLessThanOrEqualTo(7 * 3);
            assertSaves(fleet, 5 * 40);
        }
    }

    @Test
    void aClockThatIsSetInTheMiddleOfABoostDoesNotDisturbIt() {
        try (var agent = agent(10);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            agent.setWallClock(Duration.ofHours(8));
            untilItHasLooked(agent, 5);
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            agent.setWallClock(Duration.ofDays(-1));
            untilItHasSaved(agent, 3 * 40);
            untilItHasLooked(agent, 5);

            assertThat(agent.boosts()).isEqualTo(1);
            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void anAgentThatStartsAfterABoostLetsKsmdRest() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 3 * 40);
            agent.stop();
            long cpu = agent.cpuNanos();
            agent.start();
            untilItHasLooked(agent, 10);

            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void cleansUpAfterGuestsThatEndedWithoutABoost() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(6, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 5 * 40);
            long saved = agent.savedBytes();
            long cpu = agent.cpuNanos();
            List.copyOf(fleet.pids()).subList(0, 2).forEach(fleet::stop);
            assertThat(agent.savedBytes()).isEqualTo(saved);
            untilItHasCleanedUp(agent, 3 * 40);
            // ksmd stands at one of the others now, which comes before this one.
            fleet.stop(fleet.pids().get(1));
            untilItHasCleanedUp(agent, 2 * 40);

            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(500).toNanos());
            // What the kernel keeps of each page is gone with the three guests, too.
            assertThat(agent.knownBytes()).isLessThan(4 * (40 + 20) * MEBIBYTE);
            assertSaves(fleet, 2 * 40);
        }
    }

    private static void untilItHasCleanedUp(AdaptiveOnRealKsm agent, long mebibytes) {
        within().pollInterval(Duration.ofSeconds(2)).until(() -> {
            agent.pass(Duration.ofSeconds(61));
            return agent.savedBytes() < (mebibytes + 5) * MEBIBYTE && agent.value(Knob.RUN) == 0;
        });
    }

    @Test
    void beginsAnewWhereSomebodyUnmergesEverything() throws IOException {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 3 * 40);
            Files.writeString(Ksm.DEFAULT.resolve("run"), "2");
            assertThat(agent.counters().get(Counter.PAGES_SHARED)).hasValue(0);
            untilItHasSaved(agent, 3 * 40);

            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void holdsTheCpuLimitOverAnyFiveSecondsAndNeverLocksTheKernelForLong() throws InterruptedException {
        long longestWrite = 0;
        try (var agent = agent(30);
                var fleet = GuestFleet.start(8, new ProcessGuest(GuestMemory.of(80, 60)))) {
            fleet.awaitReady();
            within().until(() -> agent.value(Knob.RUN) == 1);
            while (agent.value(Knob.RUN) == 1) {
                // Whoever writes this knob waits for the end of the batch, even where it changes nothing.
                long start = System.nanoTime();
                agent.ksm().write(Knob.MERGE_ACROSS_NODES, 1);
                longestWrite = Math.max(longestWrite, System.nanoTime() - start);
                Thread.sleep(Duration.ofMillis(20));
            }

            assertThat(mostCpuOverFiveSeconds(agent.moments())).isLessThan(0.33);
            // Room for a machine that is busy otherwise: ksmd may have to wait for a CPU in the middle of a batch.
            assertThat(Duration.ofNanos(longestWrite)).isLessThan(Duration.ofMillis(150));
        }
    }

    private static double mostCpuOverFiveSeconds(List<AdaptiveOnRealKsm.Moment> moments) {
        double most = 0;
        int first = 0;
        for (AdaptiveOnRealKsm.Moment moment : moments) {
            while (moment.nanos() - moments.get(first).nanos() > 5_000_000_000L) {
                first++;
            }
            double length = moment.nanos() - moments.get(first).nanos();
            if (length > 4.8e9) {
                most = Math.max(most, (moment.cpuNanos() - moments.get(first).cpuNanos()) / length);
            }
        }
        assertThat(most).as("a boost of more than five seconds").isPositive();
        return most;
    }
}
