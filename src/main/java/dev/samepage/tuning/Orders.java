package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What a state of Adaptive asks of the kernel, and when it wants to look again. */
final class Orders {
    private static final Duration SCANNING = Duration.ofMillis(100);
    private static final Duration NEAR_THE_END = Duration.ofMillis(15);
    private static final long RESTING_MILLIS = 500;
    private static final long RESTING_MILLIS_PER_GUEST = 10;

    /** What somebody else changes is to be noticed within 5 s, with time for the look itself. */
    private static final long RESTING_AT_MOST_MILLIS = 4000;

    /** Few enough that ksmd hardly gets into the next guest. */
    private static final long TIDYING_PAGES = 64;

    private static final long TIDYING_SLEEP_MILLIS = 20;

    private Orders() {}

    static Map<Knob, Long> knobs(Doing doing, Set<Knob> available) {
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        switch (doing) {
            case Resting _ -> knobs.put(Knob.RUN, 0L);
            case Boosting boosting -> {
                scan(knobs, boosting.pace().knobs(isCreeping(doing)));
                // What has not merged for long may be equal to what has just come.
                knobs.put(Knob.SMART_SCAN, boosting.isLastLap() && boosting.thorough() ? 0L : 1L);
            }
            case Tracking tracking -> {
                scan(knobs, tracking.pace().knobs(isCreeping(doing)));
                knobs.put(Knob.SMART_SCAN, tracking.thorough() ? 0L : 1L);
            }
            // What has ended is passed without counting; only if it is not the very next, ksmd goes on in earnest.
            case Tidying tidying ->
                scan(
                        knobs,
                        tidying.hasFartherToGo()
                                ? tidying.pace().knobs(false)
                                : Map.of(
                                        Knob.PAGES_TO_SCAN, TIDYING_PAGES, Knob.SLEEP_MILLISECS, TIDYING_SLEEP_MILLIS));
        }
        knobs.put(Knob.ADVISOR_MODE, 0L);
        knobs.keySet().retainAll(available);
        return knobs;
    }

    private static void scan(Map<Knob, Long> knobs, Map<Knob, Long> pace) {
        knobs.put(Knob.RUN, 1L);
        knobs.putAll(pace);
    }

    static Phase phase(Doing doing) {
        return switch (doing) {
            case Resting _ -> Phase.REST;
            case Boosting _ -> Phase.BOOST;
            case Tracking _, Tidying _ -> Phase.TRACK;
        };
    }

    /** The more guests there are, the more a look costs. */
    static Duration nextLook(Adaptive adaptive) {
        return switch (adaptive.doing()) {
            case Resting _ ->
                Duration.ofMillis(Math.clamp(
                        adaptive.unseen().guests().size() * RESTING_MILLIS_PER_GUEST,
                        RESTING_MILLIS,
                        RESTING_AT_MOST_MILLIS));
            case Boosting _, Tracking _, Tidying _ -> isNearTheEnd(adaptive.doing()) ? NEAR_THE_END : SCANNING;
        };
    }

    static OptionalInt lapPercent(Doing doing) {
        return doing.lapShare().isPresent()
                ? OptionalInt.of((int) (100 * doing.lapShare().getAsDouble()))
                : OptionalInt.empty();
    }

    /** Whether ksmd has to be slowed down to be stopped at the end of the lap. */
    static boolean isCreeping(Doing doing) {
        return isNearTheEnd(doing) && !(doing instanceof Boosting boosting && !boosting.isLastLap());
    }

    private static boolean isNearTheEnd(Doing doing) {
        return switch (doing) {
            case Boosting boosting -> boosting.lapNumber() > 0 && isNearItsEnd(boosting.lap(), boosting.pace());
            case Tracking tracking -> isNearItsEnd(tracking.lap(), tracking.pace());
            case Resting _, Tidying _ -> false;
        };
    }

    private static boolean isNearItsEnd(Lap lap, Pace pace) {
        return lap.surelyLeftPages().isPresent()
                && lap.surelyLeftPages().getAsLong() < pace.pagesIn(SCANNING.plus(SCANNING.dividedBy(2)));
    }
}
