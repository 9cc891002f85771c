package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.AT_BOUNDARY;
import static dev.samepage.tuning.AdaptiveState.NEW;
import static dev.samepage.tuning.AdaptiveState.PACE;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.SETTINGS;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.look;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Guest;
import dev.samepage.kernel.ResidentGuest;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import org.junit.jupiter.api.Test;

/** What Adaptive knows as it begins, begins anew, or goes on under other settings. */
class AdaptiveStartTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;

    private final AdaptiveState state = new AdaptiveState();

    @Test
    void beginsAtABoundaryWhereKsmdHasNeverRun() {
        Step step = Adaptive.start(SETTINGS, look(0).cow(7).sample(), false);

        assertThat(step.next().doing()).isEqualTo(new Resting(START, true, "Nothing was done yet."));
        assertThat(step.next().cowSeen()).isEqualTo(7);
        assertThat(step.why()).isEqualTo("Nothing was done yet.");
    }

    @Test
    void beginsInTheMiddleOfALapWhereKsmdHasRunOrRuns() {
        assertThat(Adaptive.start(SETTINGS, look(0).laps(3).sample(), false)
                        .next()
                        .doing())
                .isEqualTo(new Resting(Look.at(0).laps(3).reading(), false, "Nothing was done yet."));
        assertThat(Adaptive.start(SETTINGS, look(0).running().sample(), false)
                        .next()
                        .doing())
                .isEqualTo(new Resting(START, false, "Nothing was done yet."));
    }

    @Test
    void takesWhatARunningKsmdHasLookedAtForUnseen() {
        ResidentGuest known = new ResidentGuest(new Guest(1, "vm-1", 1), 100 * MEBIBYTE, 25_600);

        assertThat(Adaptive.start(SETTINGS, Look.at(0).guest(known).sample(), false)
                        .next()
                        .unseen()
                        .bytes())
                .isZero();
        assertThat(Adaptive.start(SETTINGS, Look.at(0).guest(known).running().sample(), false)
                        .next()
                        .unseen()
                        .bytes())
                .isEqualTo(100 * MEBIBYTE);
    }

    @Test
    void takesWhatAnInterruptedBoostHasLookedAtForUnseen() {
        ResidentGuest known = new ResidentGuest(new Guest(1, "vm-1", 1), 100 * MEBIBYTE, 25_600);
        Step step = Adaptive.start(SETTINGS, Look.at(0).guest(known).sample(), true);

        assertThat(step.next().unseen().bytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(step.isUnfinished()).isFalse();
    }

    @Test
    void beginsAnewWhereTheCountOfLapsGoesBack() {
        state.last = Look.at(0).laps(3).reading();
        Step step = state.step(
                new Tracking(Lap.begin(START, 25_600), PACE, 0, Reason.UNPROVEN, false),
                SEEN,
                look(5).laps(0).cow(9));

        assertThat(step.next().doing())
                .isEqualTo(new Resting(Look.at(5).reading(), true, "Somebody has un-merged everything."));
        assertThat(step.next().unseen()).isEqualTo(SEEN.afresh(5 * Given.SECOND));
        assertThat(step.next().cowSeen()).isEqualTo(9);
    }

    @Test
    void isInTheMiddleOfALapWhereKsmdRunsAgainAfterAnUnmerge() {
        state.last = Look.at(0).laps(3).reading();

        assertThat(state.step(AT_BOUNDARY, SEEN, look(5).laps(1).running())
                        .next()
                        .doing())
                .isEqualTo(new Resting(Look.at(5).laps(1).reading(), false, "Somebody has un-merged everything."));
    }

    @Test
    void goesOnUnderOtherSettingsWithAllThatItKnows() {
        Experience experience = new Experience(new LapCost(2, 9000), 0.1, 0.2, 0.3, 4, 5, 1200);
        Pressure pressure = new Pressure(30, false, 7);
        Adaptive adaptive = new Adaptive(SETTINGS, START, NEW, 7L, pressure, experience, AT_BOUNDARY);
        AdaptiveSettings newer = new AdaptiveSettings(30, 64 * MEBIBYTE, 900, false, 20);

        assertThat(adaptive.under(newer))
                .isEqualTo(new Adaptive(
                        newer,
                        START,
                        NEW,
                        7L,
                        pressure,
                        new Experience(new LapCost(2, 9000), 0.1, 0.2, 0.3, 4, 5, 900),
                        AT_BOUNDARY));
    }

    @Test
    void goesOnLookingAgainSoonerUnderALongerRest() {
        state.experience = new Experience(new LapCost(2, 9000), 0.1, 0.2, 0.3, 4, 5, 60);
        AdaptiveSettings newer = new AdaptiveSettings(70, 64 * MEBIBYTE, 3600, false, 20);

        assertThat(state.in(AT_BOUNDARY, NEW).under(newer).experience().lookAgainSeconds())
                .isEqualTo(60);
    }

    @Test
    void theSameSettingsChangeNothing() {
        state.experience = new Experience(new LapCost(2, 9000), 0.1, 0.2, 0.3, 4, 5, 60);
        Adaptive adaptive = state.in(AT_BOUNDARY, NEW);

        assertThat(adaptive.under(AdaptiveSettings.defaults())).isEqualTo(adaptive);
    }
}
