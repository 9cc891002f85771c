package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.host;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static dev.samepage.tuning.scenario.AdaptiveHost.settledHost;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Phase;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What Adaptive does when somebody interferes, time jumps or an agent ends. */
class MishapsTest {
    @Test
    void goesOnUnderOtherSettingsWithoutLookingAtEverythingAgain() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        host.tell(new AdaptiveSettings(30, 64 << 20, 1800, false, 20));
        host.run(seconds(60));
        assertThat(host.cpuSeconds()).isEqualTo(before);

        host.ksm.start(4, GUEST);
        double edited = host.moments().getLast().seconds();
        host.run(seconds(60));
        assertThat(host.mostCpuOverFiveSecondsSince(edited)).isLessThan(0.33);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void doesNotTakeALapForWholeWhereSomebodyElseHadKsmdRunMeanwhile() {
        AdaptiveHost host = settledHost(10);
        host.ksm.set(Knob.PAGES_TO_SCAN, 1000);
        host.ksm.set(Knob.RUN, 1);
        host.freeze(Duration.ofMillis(300));
        host.ksm.set(Knob.RUN, 0);
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void beginsAnewWhereSomebodyElseUnmergesEverything() {
        AdaptiveHost host = settledHost(10);
        host.ksm.set(Knob.RUN, 2);
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(2);
    }

    @Test
    void finishesTheWorkOfAnAgentThatEndedInTheMiddleOfABoost() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(4));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        host.restart();
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void makesABoostAnewThatWasBrokenOffWhileWayWasGiven() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(4));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        host.standDown(seconds(900));
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void goesOnRestingWhereAnotherAgentHadDoneTheWork() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        host.restart();
        host.run(seconds(60));

        assertThat(host.cpuSeconds()).isEqualTo(before);
    }

    @Test
    void survivesASuspendInTheMiddleOfABoost() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(3));
        host.freeze(seconds(3600));
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void turnsOffAnAdvisorThatSomebodyTurnedOn() {
        AdaptiveHost host = host();
        host.ksm.set(Knob.ADVISOR_MODE, 1);
        host.ksm.start(10, GUEST);
        host.run(seconds(30));

        assertThat(host.ksm.knobs()).containsEntry(Knob.ADVISOR_MODE, 0L).containsEntry(Knob.RUN, 0L);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void neverLetsKsmdSpinWhateverHappens() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            AdaptiveHost host = host();
            for (int i = 0; i < 40; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> host.ksm.start(GUEST);
                    case 2 -> host.ksm.guests().stream().findAny().ifPresent(host.ksm::end);
                    case 3 -> host.ksm.set(Knob.RUN, random.nextInt(3));
                    default -> host.restart();
                }
                host.run(Duration.ofMillis(random.nextInt(5000)));
            }
            assertThat(host.moments())
                    .noneMatch(
                            moment -> moment.value(Knob.PAGES_TO_SCAN) == 0 || moment.value(Knob.SLEEP_MILLISECS) == 0);
            host.run(seconds(120));
            assertThat(host.last().phase()).isEqualTo(Phase.REST);
        }
    }
}
