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
    private static final GuestMemory GUEST = GuestMemory.of(40, 20).withRewritten(4);

    @TempDir
    Path state;

    private AdaptiveOnRealKsm agent(int maxCpuPercent) {
        return new AdaptiveOnRealKsm(state, maxCpuPercent).start();
    }

    private static ConditionFactory within() {
        return await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50));
    }

    private static void untilItHasSaved(AdaptiveOnRealKsm agent, long mebibytes) {
        within().untilAsserted(() -> {
            assertThat(agent.savedBytes()).isGreaterThanOrEqualTo(mebibytes * MEBIBYTE);
            assertThat(agent.value(Knob.RUN)).isZero();
        });
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
            assertThat(fleet.trueSavedBytes()).isCloseTo(5 * 40 * MEBIBYTE, Percentage.withPercentage(2));
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
            assertThat(fleet.trueSavedBytes()).isCloseTo(5 * 40 * MEBIBYTE, Percentage.withPercentage(2));
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
            untilItHasSaved(agent, 3 * 40);
            long boosts = agent.boosts();
            within().until(() -> agent.savedBytes() < 40 * MEBIBYTE);
            untilItHasSaved(agent, 3 * 40);

            assertThat(agent.boosts()).isGreaterThan(boosts);
            assertThat(fleet.pids()).hasSize(4);
        }
    }

    @Test
    void mergesMemoryThatIsMarkedLateAndFilledSlowly() {
        GuestMemory slow = GUEST.markedAfter(Duration.ofSeconds(4)).filledIn(Duration.ofSeconds(12));
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(slow))) {
            untilItHasSaved(agent, 3 * 40);

            assertThat(fleet.pids()).hasSize(4);
        }
    }

    @Test
    void restsAfterTwoLapsWhereNothingMerges() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GuestMemory.of(0, 40)))) {
            fleet.awaitReady();
            within().until(() -> agent.boosts() == 1 && agent.value(Knob.RUN) == 0);
            long laps = agent.laps();
            long cpu = agent.cpuNanos();
            within().until(() -> agent.moments().getLast().nanos()
                            - agent.moments().get(agent.moments().size() / 2).nanos()
                    > Duration.ofSeconds(5).toNanos());

            assertThat(laps).isBetween(2L, 3L);
            assertThat(agent.laps()).isEqualTo(laps);
            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
        }
    }

    @Test
    void anAgentThatStartsInTheMiddleOfABoostFinishesIt() {
        try (var agent = agent(30);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            agent.stop();
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            agent.start();
            untilItHasSaved(agent, 3 * 40);

            assertThat(fleet.pids()).hasSize(4);
        }
    }

    @Test
    void anAgentThatStartsAfterABoostLetsKsmdRest() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 3 * 40);
            agent.stop();
            long cpu = agent.cpuNanos();
            int rounds = agent.moments().size();
            agent.start();
            within().until(() -> agent.moments().size() > rounds + 10);

            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
            assertThat(fleet.trueSavedBytes()).isCloseTo(3 * 40 * MEBIBYTE, Percentage.withPercentage(2));
        }
    }

    @Test
    void cleansUpAfterGuestsThatEndedWithoutABoost() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(6, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 5 * 40);
            long cpu = agent.cpuNanos();
            List.copyOf(fleet.pids()).subList(0, 3).forEach(fleet::stop);
            assertThat(agent.savedBytes()).isGreaterThanOrEqualTo(5 * 40 * MEBIBYTE);
            within().untilAsserted(() -> {
                assertThat(agent.savedBytes()).isLessThan(3 * 40 * MEBIBYTE);
                assertThat(agent.value(Knob.RUN)).isZero();
            });

            assertThat(agent.boosts()).isEqualTo(1);
            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(300).toNanos());
        }
    }

    @Test
    void beginsAnewWhereSomebodyUnmergesEverything() throws IOException {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            untilItHasSaved(agent, 3 * 40);
            Files.writeString(Ksm.DEFAULT.resolve("run"), "2");
            assertThat(agent.counters().get(Counter.PAGES_SHARED)).hasValue(0);
            untilItHasSaved(agent, 3 * 40);

            assertThat(fleet.pids()).hasSize(4);
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
