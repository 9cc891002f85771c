package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.sim.SimulatedGuest;
import dev.samepage.tuning.sim.SimulatedKernel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What Adaptive does on hosts of many kinds. The figures are those of the simulated kernel. */
class AdaptiveTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final GuestMemory GUEST = GuestMemory.of(80, 60).withZero(20).withRewritten(16);
    private static final GuestMemory UNIQUE = GuestMemory.of(0, 170);

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static AdaptiveHost host() {
        return new AdaptiveHost(SimulatedKernel.linux618());
    }

    private static AdaptiveHost settledHost(int guests) {
        AdaptiveHost host = host();
        host.ksm.start(guests, GUEST);
        host.run(seconds(30));
        return host;
    }

    @Test
    void savesAsMuchAsBruteForceForNextToNothing() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(450));
        host.ksm.start(4, GUEST);
        host.run(seconds(450));

        assertThat(host.meanSavedShare()).isGreaterThan(0.99);
        assertThat(host.cpuSeconds()).isLessThan(8.5);
        assertThat(host.secondsUntilSaved(0.95, 1)).isLessThan(8);
        assertThat(host.secondsUntilSaved(0.95, 451)).isLessThan(10);
    }

    @Test
    void mergesWhatComesWhileKsmdRestsAtABoundaryInTwoLaps() {
        AdaptiveHost host = settledHost(10);
        long laps = host.counter(Counter.FULL_SCANS);
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.counter(Counter.FULL_SCANS) - laps).isEqualTo(2);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void finishesTheLapFirstWhereKsmdStandsInTheMiddleOfOne() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.ksm.set(Knob.PAGES_TO_SCAN, 1000);
        host.ksm.set(Knob.RUN, 1);
        host.ksm.advance(seconds(1));
        host.run(seconds(30));

        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(3);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void makesOneBoostForABurstOfArrivals() {
        AdaptiveHost host = settledHost(4);
        for (int i = 0; i < 5; i++) {
            host.ksm.start(GUEST.filledIn(Duration.ofMillis(500)));
            host.run(Duration.ofMillis(700));
        }
        host.run(seconds(30));

        assertThat(host.boosts()).isEqualTo(2);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void waitsForMemoryThatIsMarkedLongAfterTheGuestsStart() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST.markedAfter(seconds(20)));
        host.run(seconds(40));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.secondsUntilSaved(0.95, 20)).isLessThan(8);
    }

    @Test
    void boostsAgainAndAgainForGuestsThatFillTheirMemoryForAMinute() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST.filledIn(seconds(60)));
        host.run(seconds(300));

        assertThat(host.meanSavedShare()).isGreaterThan(0.95);
        assertThat(host.cpuSeconds()).isLessThan(9);
    }

    @Test
    void letsSmallArrivalsOnABigHostWaitTogetherUntilTheyPay() {
        AdaptiveHost host = new AdaptiveHost(
                SimulatedKernel.linux618().withMemory(64L << 30).withBlocksOf(1024));
        host.ksm.start(20, GuestMemory.of(400, 600));
        host.run(seconds(120));
        double before = host.cpuSeconds();
        long saved = host.ksm.savedBytes();
        for (int i = 0; i < 100; i++) {
            host.ksm.start(GuestMemory.of(160, 40));
            host.run(seconds(20));
        }

        assertThat(host.boosts() - 1).isBetween(1L, 3L);
        assertThat(host.startsOf(Phase.BOOST).get(1)).isGreaterThan(120 + 10 * 20);
        double cpuSeconds = host.cpuSeconds() - before;
        assertThat((host.ksm.savedBytes() - saved) / cpuSeconds).isGreaterThan(64 * MEBIBYTE);
    }

    @Test
    void looksAtWhatDoesNotPayAfterTenMinutes() {
        AdaptiveHost host = settledHost(10);
        host.ksm.start(GuestMemory.of(20, 20));
        host.run(seconds(590));
        assertThat(host.boosts()).isEqualTo(1);

        host.run(seconds(60));
        assertThat(host.boosts()).isEqualTo(2);
    }

    @Test
    void cleansUpAfterGuestsThatEndedWithoutABoost() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        List<SimulatedGuest> guests = host.ksm.guests();
        guests.subList(0, 4).forEach(host.ksm::end);
        assertThat(host.ksm.counters().savedBytes(4096)).isGreaterThan(host.ksm.savedBytes());
        host.run(seconds(90));

        assertThat(host.ksm.counters().savedBytes(4096)).isEqualTo(host.ksm.savedBytes());
        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.cpuSeconds() - before).isLessThan(0.1);
    }

    @Test
    void cleansUpAfterEachDepartureOfMany() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        for (int departure = 0; departure < 3; departure++) {
            host.ksm.end(host.ksm.guests().get(3));
            host.run(seconds(90));

            assertThat(host.ksm.counters().savedBytes(4096)).isEqualTo(host.ksm.savedBytes());
            assertThat(host.last().phase()).isEqualTo(Phase.REST);
        }

        assertThat(host.boosts()).isEqualTo(1);
        // The first is the very next in the lap; at each other one the guest at which ksmd stands comes before.
        assertThat(host.cpuSeconds() - before).isLessThan(1);
    }

    @Test
    void cleansUpOnceAMinuteWhereGuestsEndAllTheTime() {
        AdaptiveHost host = settledHost(30);
        for (int departure = 0; departure < 10; departure++) {
            host.ksm.end(host.ksm.guests().get(3));
            host.run(seconds(20));
        }

        assertThat(host.startsOf(Phase.TRACK)).hasSizeBetween(2, 4);
    }

    @Test
    void departuresDoNotPutOffTheLookAfterTheLongestRest() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 300, false, 20), true);
        host.ksm.start(10, GUEST);
        for (int departure = 0; departure < 5; departure++) {
            host.run(seconds(70));
            host.ksm.end(host.ksm.guests().getFirst());
        }

        assertThat(host.startsOf(Phase.BOOST)).hasSize(2);
        assertThat(host.startsOf(Phase.BOOST).get(1)).isCloseTo(306, Offset.offset(3.0));
    }

    @Test
    void restsWhereAllGuestsEndInTheMiddleOfABoost() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(3));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        List.copyOf(host.ksm.guests()).forEach(host.ksm::end);
        host.run(seconds(10));

        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.last().why()).isEqualTo("There is no guest.");
    }

    @Test
    void doesNotBoostForGuestsThatAreGone() {
        AdaptiveHost host = settledHost(10);
        host.ksm.guests().getFirst().touch(MEBIBYTE);
        List.copyOf(host.ksm.guests()).forEach(host.ksm::end);
        host.run(seconds(90));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void restsWhereWhatGrowsIsNotMergeable() {
        AdaptiveHost host = host();
        host.ksm.start(GUEST.markedAfter(Duration.ofHours(1)).filledIn(seconds(0)));
        host.pretendResident(1000 * MEBIBYTE);
        host.run(seconds(60));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.last().why()).isEqualTo("ksmd has found no memory to look at.");
    }

    @Test
    void restsAfterTwoLapsWhereNothingMerges() {
        AdaptiveHost host = host();
        host.ksm.start(10, UNIQUE);
        host.run(seconds(900));

        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(2);
        assertThat(host.cpuSeconds()).isLessThan(4);
    }

    @Test
    void pausesLongerAndLongerWhereNewMemoryNeverMerges() {
        AdaptiveHost host = host();
        host.ksm.start(4, UNIQUE);
        for (int minute = 0; minute < 30; minute++) {
            host.run(seconds(60));
            host.ksm.end(host.ksm.guests().getFirst());
            host.ksm.start(UNIQUE);
        }

        List<Double> starts = host.startsOf(Phase.BOOST);
        assertThat(starts.size()).isBetween(2, 8);
        assertThat(starts.getLast() - starts.get(starts.size() - 2)).isGreaterThan(starts.get(1) - starts.get(0));
    }

    @Test
    void mergesAgainWhatIsErodedOnceThatPays() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST).forEach(guest -> guest.touchSteadily(200_000));
        host.run(seconds(900));

        assertThat(host.meanSavedShare()).isGreaterThan(0.88);
        assertThat(host.boosts()).isGreaterThan(3);
        assertThat(host.cpuSeconds() / 15).isLessThan(2);
    }

    @Test
    void learnsThatErosionByNewContentIsNotMergedAgain() {
        AdaptiveHost host = host();
        List<SimulatedGuest> guests = host.ksm.start(10, GUEST);
        for (int second = 0; second < 900; second++) {
            guests.forEach(guest -> guest.overwrite(MEBIBYTE));
            host.run(seconds(1));
        }

        assertThat(host.boosts()).isLessThanOrEqualTo(4);
        assertThat(host.cpuSeconds()).isLessThan(10);
    }

    @Test
    void isNotKeptBusyByMemoryThatIsRewrittenAllTheTime() {
        AdaptiveHost host = host();
        host.ksm.start(10, GuestMemory.of(20, 20).withRewritten(130));
        host.run(seconds(900));

        assertThat(host.cpuSeconds()).isLessThan(2);
        assertThat(host.meanSavedShare()).isGreaterThan(0.99);
    }

    @Test
    void restsWhileMemoryIsPlentifulWhereThePolicySaysSo() {
        AdaptiveHost host = underPressureOnly();
        host.run(seconds(60));

        assertThat(host.phases()).containsExactly(Phase.REST);
        assertThat(host.last().why()).isEqualTo("Memory is plentiful.");
    }

    @Test
    void boostsAsSoonAsMemoryIsShort() {
        AdaptiveHost host = underPressureOnly();
        host.run(seconds(60));
        host.ksm.occupy(12L << 30);
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    private static AdaptiveHost underPressureOnly() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 1800, true, 20), true);
        host.ksm.start(10, GUEST);
        return host;
    }

    @Test
    void looksAtEverythingAfterTheLongestRest() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 600, false, 20), true);
        host.ksm.start(10, GUEST);
        host.run(seconds(700));

        assertThat(host.startsOf(Phase.BOOST).get(1)).isCloseTo(606, Offset.offset(2.0));
    }

    @Test
    void isAsQuickAsEverAfterHoursInWhichNothingHappened() {
        AdaptiveHost host = settledHost(10);
        host.run(Duration.ofHours(5));
        double arrival = host.ksm.nanoTime() / 1e9;
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.secondsUntilSaved(0.95, arrival + 0.5)).isLessThan(10);
    }

    @Test
    void looksThatNothingCalledForDoNotLowerWhatIsExpectedOfNewGuests() {
        AdaptiveHost host = settledHost(10);
        for (int hour = 0; hour < 5; hour++) {
            host.ksm.start(GuestMemory.of(0, 3));
            host.run(Duration.ofHours(1));
        }
        double arrival = host.ksm.nanoTime() / 1e9;
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.secondsUntilSaved(0.95, arrival + 0.5)).isLessThan(10);
    }

    @Test
    void goesOnUnderOtherSettingsWithoutLookingAtEverythingAgain() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        host.tell(new AdaptiveSettings(30, 64 << 20, 1800, false, 20));
        host.run(seconds(60));
        assertThat(host.cpuSeconds()).isEqualTo(before);

        host.ksm.start(4, GUEST);
        host.run(seconds(60));
        assertThat(host.mostCpuOverFiveSeconds()).isLessThan(0.77);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void makesThreeLapsForWhatComesWhileKsmdScans() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(2));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        long laps = host.counter(Counter.FULL_SCANS);
        host.ksm.start(4, GUEST);
        host.run(seconds(60));

        assertThat(host.counter(Counter.FULL_SCANS) - laps).isEqualTo(3);
        assertThat(host.boosts()).isEqualTo(1);
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
    void tellsHowFarALapOfHoursIs() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618().withMemory(4L << 40).withBlocksOf(65536));
        host.ksm.start(32, GuestMemory.of(32 * 1024, 32 * 1024));
        host.run(seconds(400));
        int early = host.last().lapPercent().orElseThrow();
        host.run(seconds(300));

        assertThat(early).isBetween(1, 98);
        assertThat(host.last().lapPercent().orElseThrow()).isBetween(early + 1, 99);
        assertThat(host.mostCpuOverFiveSeconds()).isLessThan(0.77);
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
    void worksWithoutSmartScanPagesScannedAndZeroPages() {
        AdaptiveHost host = new AdaptiveHost(SimulatedKernel.linux61());
        assertFindsEverything(host, 6);
    }

    @Test
    void worksWithoutCowKsm() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618().withoutCowKsm()), 4);
    }

    @Test
    void worksWithKsmdsCpuTimeInTicks() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618().withoutSchedstat()), 4);
    }

    @Test
    void worksWithoutKsmdsCpuTimeAtAFixedPace() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618(), AdaptiveSettings.defaults(), false), 4);
    }

    @Test
    void restsWithoutKsmdsCpuTimeThoughMuchGoesOnChanging() {
        AdaptiveHost host = new AdaptiveHost(SimulatedKernel.linux618(), AdaptiveSettings.defaults(), false);
        host.ksm.start(10, GuestMemory.of(80, 20).withRewritten(60));
        host.run(seconds(300));

        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.cpuSeconds()).isLessThan(6);
    }

    private static void assertFindsEverything(AdaptiveHost host, double mostCpuSeconds) {
        host.ksm.start(10, GUEST);
        host.run(seconds(60));
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.cpuSeconds()).isLessThan(mostCpuSeconds);
        assertThat(host.mostCpuOverFiveSeconds()).isLessThan(0.77);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void holdsTheCpuLimitAndBatchesUnderFiftyMilliseconds() {
        for (int percent : new int[] {10, 30, 70, 95}) {
            AdaptiveHost host = new AdaptiveHost(
                    SimulatedKernel.linux618(), new AdaptiveSettings(percent, 64 << 20, 1800, false, 20), true);
            host.ksm.start(20, GUEST);
            host.run(seconds(120));

            assertThat(host.mostCpuOverFiveSeconds()).isLessThan(1.1 * percent / 100);
            assertThat(host.ksm.longestBatchNanos()).isLessThan(50_000_000);
        }
    }

    @Test
    void keepsBatchesUnderFiftyMillisecondsAlsoWhereItTakesOverInTheMiddle() {
        for (int tenths = 1; tenths <= 40; tenths++) {
            AdaptiveHost host = host();
            host.ksm.start(20, GUEST);
            host.run(Duration.ofMillis(100L * tenths));
            host.restart();
            host.run(seconds(60));

            assertThat(host.ksm.longestBatchNanos()).isLessThan(50_000_000);
            assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        }
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

    @Test
    void keepsUpWithGuestsThatComeAndGo() {
        AdaptiveHost host = host();
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            host.ksm.start(GUEST);
            host.run(seconds(15));
            if (i > 6) {
                host.ksm.end(host.ksm.guests().get(random.nextInt(5)));
            }
        }

        assertThat(host.meanSavedShare()).isGreaterThan(0.9);
        assertThat(host.cpuSeconds() / 10).isLessThan(6.5);
    }
}
