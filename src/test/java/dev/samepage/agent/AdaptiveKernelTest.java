package dev.samepage.agent;

import static dev.samepage.agent.AdaptiveOnRealKsm.GUEST;
import static dev.samepage.agent.AdaptiveOnRealKsm.assertSaves;
import static dev.samepage.agent.AdaptiveOnRealKsm.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.RealKsm;
import dev.samepage.kernel.WriteResult;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.testbed.guests.ProcessGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mode Adaptive on this machine's KSM, with the agent's own rounds. */
@RealKsm
class AdaptiveKernelTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path state;

    /** With so low a floor also the last piece of a guest that came late is worth a boost. */
    private AdaptiveOnRealKsm agent(int maxCpuPercent) {
        return new AdaptiveOnRealKsm(state, maxCpuPercent, "8Mi").start();
    }

    @Test
    void mergesWhatComesWhileItRestsInTwoLapsAndRestsAgain() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            agent.untilItHasSaved(3 * 40);
            long laps = agent.laps();
            fleet.add(2);
            fleet.awaitReady();
            agent.untilItHasSaved(5 * 40);

            // One more where this machine was too busy for ksmd to be stopped at the boundary.
            assertThat(agent.laps() - laps).isBetween(2L, 3L);
            assertSaves(fleet, 5 * 40);
        }
    }

    @Test
    void mergesWhatComesWhileKsmdScans() {
        // So slow that the newcomers are there before the boost is over.
        try (var agent = agent(5);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            fleet.add(2);
            fleet.awaitReady();
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            agent.untilItHasSaved(5 * 40);

            // One more where they were marked only in the second lap.
            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.laps()).isBetween(3L, 4L);
            assertSaves(fleet, 5 * 40);
        }
    }

    @Test
    void makesOneBoostForABurstOfArrivals() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(2, new ProcessGuest(GUEST)).awaitReady()) {
            agent.untilItHasSaved(40);
            long boosts = agent.boosts();
            fleet.add(6);
            fleet.awaitReady();
            agent.untilItHasSaved(7 * 40);

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
            agent.untilItHasSaved(100);
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
            agent.untilItHasLooked(20);

            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.value(Knob.RUN)).isZero();
        }
    }

    @Test
    void mergesMemoryThatIsMarkedLateAndFilledSlowly() {
        GuestMemory slow = GUEST.markedAfter(Duration.ofSeconds(4)).filledIn(Duration.ofSeconds(12));
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(slow))) {
            agent.untilItHasSaved(3 * 40);

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
            agent.untilItHasLooked(20);
            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
            agent.pass(Duration.ofSeconds(30));
            within().until(() -> agent.boosts() == 2 && agent.value(Knob.RUN) == 0);

            // And after another one for 60 s.
            fleet.add(4);
            fleet.awaitReady();
            agent.pass(Duration.ofSeconds(30));
            agent.untilItHasLooked(20);
            assertThat(agent.boosts()).isEqualTo(2);
            agent.pass(Duration.ofSeconds(30));
            within().until(() -> agent.boosts() == 3);
        }
    }

    @Test
    void letsSmallArrivalsWaitUntilTheyPayTogetherOrHaveWaitedForTenMinutes() {
        try (var agent = new AdaptiveOnRealKsm(state, 70, "64Mi").start();
                var fleet = GuestFleet.start(
                        4, new ProcessGuest(GuestMemory.of(40, 40).withoutHugePages()))) {
            fleet.awaitReady();
            agent.untilItHasSaved(3 * 40);
            long boosts = agent.boosts();
            ProcessGuest small = new ProcessGuest(GuestMemory.of(16, 2).withoutHugePages());
            try (var arrivals = GuestFleet.start(1, small).awaitReady()) {
                agent.untilItHasLooked(5);
                while (agent.boosts() == boosts) {
                    arrivals.add(1);
                    arrivals.awaitReady();
                    agent.untilItHasLooked(5);
                }
                assertThat(arrivals.pids()).hasSizeBetween(2, 15);
                within().until(() -> agent.value(Knob.RUN) == 0);
                assertThat(agent.boosts()).isEqualTo(boosts + 1);
                arrivals.add(1);
                arrivals.awaitReady();
                agent.untilItHasLooked(5);
                assertThat(agent.boosts()).isEqualTo(boosts + 1);
                agent.pass(Duration.ofMinutes(10));
                within().until(() -> agent.boosts() == boosts + 2);
            }
        }
    }

    @Test
    void cleansUpAfterGuestsThatEndedWithoutABoost() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(6, new ProcessGuest(GUEST)).awaitReady()) {
            agent.untilItHasSaved(5 * 40);
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
            agent.untilItHasSaved(3 * 40);
            Files.writeString(Ksm.DEFAULT.resolve("run"), "2");
            assertThat(agent.counters().get(Counter.PAGES_SHARED)).hasValue(0);
            agent.untilItHasSaved(3 * 40);

            assertSaves(fleet, 3 * 40);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30, 70})
    void holdsTheCpuLimitOverAnyFiveSecondsAndNeverLocksTheKernelForLong(int percent) throws InterruptedException {
        long longestBatchesNanos = 0;
        try (var agent = agent(percent);
                var fleet = GuestFleet.start(8, new ProcessGuest(GuestMemory.of(80, 60)))) {
            fleet.awaitReady();
            within().until(() -> agent.value(Knob.RUN) == 1);
            while (agent.value(Knob.RUN) == 1) {
                // Whoever writes this knob waits for the end of the batch, even where it changes nothing.
                long before = agent.cpuNanos();
                assertThat(agent.ksm().write(Knob.MERGE_ACROSS_NODES, 1)).isInstanceOf(WriteResult.Written.class);
                longestBatchesNanos = Math.max(longestBatchesNanos, agent.cpuNanos() - before);
                Thread.sleep(Duration.ofMillis(20));
            }

            assertThat(mostCpuOverFiveSeconds(agent.moments())).isLessThan(1.1 * percent / 100);
            // By ksmd's CPU time, which leaves out for how long it waited for a CPU itself. Two batches, because on a
            // busy machine whoever waited may go on only when the next one is under way.
            assertThat(Duration.ofNanos(longestBatchesNanos)).isLessThan(Duration.ofMillis(2 * 50));
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
