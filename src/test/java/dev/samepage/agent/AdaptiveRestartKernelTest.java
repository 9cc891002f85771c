package dev.samepage.agent;

import static dev.samepage.agent.AdaptiveOnRealKsm.GUEST;
import static dev.samepage.agent.AdaptiveOnRealKsm.assertSaves;
import static dev.samepage.agent.AdaptiveOnRealKsm.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.ProcessGuest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a boost on this machine's KSM where the agent ends, or its clock is set. */
@RealKsm
class AdaptiveRestartKernelTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path state;

    private AdaptiveOnRealKsm agent(int maxCpuPercent) {
        return new AdaptiveOnRealKsm(state, maxCpuPercent, "8Mi").start();
    }

    @Test
    void anAgentThatStartsInTheMiddleOfABoostFinishesIt() {
        try (var agent = agent(30);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            within().until(() -> agent.value(Knob.RUN) == 1);
            agent.stop();
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            assertThat(agent.savedBytes()).isLessThan(3 * 40 * MEBIBYTE * 98 / 100);
            agent.start();
            agent.untilItHasSaved(3 * 40);

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
                agent.untilItHasLooked(looks);
                agent.stop();
                agent.start();
                fleet.awaitReady();
            }
            agent.untilItHasSaved(5 * 40);

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
            agent.untilItHasLooked(5);
            assertThat(agent.value(Knob.RUN)).isEqualTo(1);
            agent.setWallClock(Duration.ofDays(-1));
            agent.untilItHasSaved(3 * 40);
            agent.untilItHasLooked(5);

            assertThat(agent.boosts()).isEqualTo(1);
            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void anAgentThatStartsAfterABoostLetsKsmdRest() {
        try (var agent = agent(70);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            agent.untilItHasSaved(3 * 40);
            agent.stop();
            long cpu = agent.cpuNanos();
            agent.start();
            agent.untilItHasLooked(10);

            assertThat(agent.cpuNanos() - cpu).isLessThan(Duration.ofMillis(50).toNanos());
            assertSaves(fleet, 3 * 40);
        }
    }

    @Test
    void anAgentThatStartsAfterABoostWasBrokenOffMakesItAnew() {
        try (var agent = agent(5);
                var fleet = GuestFleet.start(4, new ProcessGuest(GUEST)).awaitReady()) {
            // Every page has been visited, and none is merged.
            within().until(() -> agent.laps() == 1);
            agent.stop();
            agent.ksm().write(Knob.RUN, 0);
            assertThat(agent.savedBytes()).isLessThan(40 * MEBIBYTE);
            agent.start();
            agent.untilItHasSaved(3 * 40);

            assertSaves(fleet, 3 * 40);
        }
    }
}
