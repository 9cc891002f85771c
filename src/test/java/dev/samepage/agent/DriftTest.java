package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.Drift.Change;
import dev.samepage.kernel.Knob;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriftTest {
    private static final Map<Knob, Long> STOOD = Map.of(
            Knob.RUN, 1L,
            Knob.PAGES_TO_SCAN, 1000L,
            Knob.SLEEP_MILLISECS, 20L,
            Knob.ADVISOR_MODE, 0L);

    private static Map<Knob, Long> with(Map<Knob, Long> changed) {
        Map<Knob, Long> knobs = new EnumMap<>(STOOD);
        knobs.putAll(changed);
        return knobs;
    }

    @Test
    void isEmptyWhereNothingDiffers() {
        assertThat(Drift.between(STOOD, STOOD).isEmpty()).isTrue();
    }

    @Test
    void isWhatDiffers() {
        Drift drift = Drift.between(STOOD, with(Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 64L)));

        assertThat(drift.changes())
                .isEqualTo(Map.of(Knob.RUN, new Change(1, 0), Knob.PAGES_TO_SCAN, new Change(1000, 64)));
        assertThat(drift.theirs()).isEqualTo(Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 64L));
    }

    @Test
    void isNotWhatTheKernelsAdvisorTurns() {
        Map<Knob, Long> advised = with(Map.of(Knob.ADVISOR_MODE, 1L));
        Map<Knob, Long> later = with(Map.of(Knob.ADVISOR_MODE, 1L, Knob.PAGES_TO_SCAN, 3210L));

        assertThat(Drift.between(advised, later).isEmpty()).isTrue();
    }

    @Test
    void isTheAdvisorAloneWhereSomebodyTurnsItOn() {
        Drift drift = Drift.between(STOOD, with(Map.of(Knob.ADVISOR_MODE, 1L, Knob.PAGES_TO_SCAN, 500L)));

        assertThat(drift).hasToString("advisor_mode none -> scan-time");
    }

    @Test
    void isNotAKnobThatWasNotThereBefore() {
        assertThat(Drift.between(STOOD, with(Map.of(Knob.SMART_SCAN, 1L))).isEmpty())
                .isTrue();
    }

    @Test
    void growsByWhatIsChangedLater() {
        Drift drift = Drift.between(STOOD, with(Map.of(Knob.RUN, 0L)))
                .and(new Drift(Map.of(Knob.PAGES_TO_SCAN, new Change(1000, 64))))
                .and(new Drift(Map.of(Knob.PAGES_TO_SCAN, new Change(64, 364))));

        assertThat(drift).hasToString("run 1 -> 0, pages_to_scan 1000 -> 364");
    }

    @Test
    void forgetsWhatWasChangedBack() {
        Drift drift = new Drift(Map.of(Knob.RUN, new Change(1, 0), Knob.PAGES_TO_SCAN, new Change(1000, 64)))
                .and(new Drift(Map.of(Knob.RUN, new Change(0, 1))));

        assertThat(drift).hasToString("pages_to_scan 1000 -> 64");
    }

    @Test
    void showsThreeKnobs() {
        Drift drift = Drift.between(
                with(Map.of(Knob.SMART_SCAN, 1L, Knob.USE_ZERO_PAGES, 0L)),
                with(Map.of(
                        Knob.RUN, 0L,
                        Knob.PAGES_TO_SCAN, 64L,
                        Knob.SLEEP_MILLISECS, 10L,
                        Knob.SMART_SCAN, 0L,
                        Knob.USE_ZERO_PAGES, 1L)));

        assertThat(drift).hasToString("run 1 -> 0, pages_to_scan 1000 -> 64, sleep_millisecs 20 -> 10 and 2 more");
    }
}
