package dev.samepage.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether what somebody else has changed is to be put back now. Three times it is, with growing pauses; who changes it once more within an
 * hour is given way to: nothing is written for 15 min, then for 30, then for an hour each time. Pure; times are of a clock that never goes
 * back, from any origin.
 *
 * @param pending whether somebody has changed what stood as wanted, and it has not been put back yet
 * @param rounds how often it was put back, without an hour of peace between two
 * @param standDowns how often way was given since then
 * @param until how long it is given; null while it is not
 * @param lastBack when it was put back last; null for never
 * @param spent what was written to put it back, in the last hour
 */
record Contention(
        boolean pending,
        int rounds,
        int standDowns,
        @Nullable Duration until,
        @Nullable Duration lastBack,
        List<Spent> spent) {
    /** How often it is put back before way is given. */
    static final int ROUNDS = 3;

    /** The most that is written within any hour to put back what somebody else keeps changing. */
    static final int MOST_WRITES_AN_HOUR = 30;

    /** The slowest of the known writers comes every 3 min, configuration management every half hour. */
    private static final Duration PEACE = Duration.ofHours(1);

    /** Between two rounds: before the first, the second and the third. */
    private static final List<Duration> PAUSES = List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(30));

    private static final Duration SHORTEST_STAND_DOWN = Duration.ofMinutes(15);
    private static final int DOUBLINGS = 2;

    Contention {
        spent = List.copyOf(spent);
    }

    /** So many writes at that time. */
    record Spent(Duration at, int writes) {}

    /** What to do about a node that is not as wanted. */
    enum Advice {
        /** Nobody else has changed it: what is wanted is new, or was refused. */
        OWN_MATTER,
        /** Put it back now. */
        PUT_BACK,
        /** Put it back soon. */
        WAIT,
        /** Give way. */
        STAND_DOWN
    }

    static Contention none() {
        return new Contention(false, 0, 0, null, null, List.of());
    }

    /** Somebody else has changed what stood as wanted. */
    Contention seen(Duration now) {
        if (pending) {
            return this;
        }
        boolean peace = lastBack == null || now.minus(lastBack).compareTo(PEACE) > 0;
        return peace
                ? new Contention(true, 0, 0, null, lastBack, spent)
                : new Contention(true, rounds, standDowns, until, lastBack, spent);
    }

    /** Something else is wanted: that is tried at once, whoever has changed what. It does not make peace. */
    Contention ordered() {
        return new Contention(false, rounds, standDowns, null, lastBack, spent);
    }

    /** The node is as wanted, whoever made it so. */
    Contention settled(Duration now) {
        if (!pending && until == null) {
            return this;
        }
        return new Contention(false, rounds, standDowns, null, until == null ? lastBack : now, spent);
    }

    /** The one who changed it is no more: no reason to wait longer. */
    Contention writerGone(Duration now) {
        return until == null || until.compareTo(now) <= 0
                ? this
                : new Contention(pending, rounds, standDowns, now, lastBack, spent);
    }

    /**
     * What to do now.
     *
     * @param writes how many it would take
     */
    Advice advice(Duration now, int writes) {
        if (!pending) {
            return Advice.OWN_MATTER;
        }
        if (standsDown(now) || spentSince(now.minus(PEACE)) + writes > MOST_WRITES_AN_HOUR) {
            return Advice.STAND_DOWN;
        }
        if (until != null) {
            return Advice.PUT_BACK;
        }
        if (rounds >= ROUNDS) {
            return Advice.STAND_DOWN;
        }
        boolean due = lastBack == null || now.compareTo(lastBack.plus(PAUSES.get(rounds))) >= 0;
        return due ? Advice.PUT_BACK : Advice.WAIT;
    }

    /** It is being put back. */
    Contention putBack(Duration now, int writes) {
        List<Spent> all = new ArrayList<>(spent);
        all.removeIf(earlier -> earlier.at().compareTo(now.minus(PEACE)) <= 0);
        all.add(new Spent(now, writes));
        return new Contention(false, rounds + 1, standDowns, null, now, all);
    }

    /** Way is given from now on, where it is not already; for longer where the time is over, but too much was written in the last hour. */
    Contention standDown(Duration now) {
        if (standsDown(now)) {
            return this;
        }
        return until == null
                ? new Contention(pending, rounds, standDowns + 1, now.plus(pause(standDowns)), lastBack, spent)
                : new Contention(pending, rounds, standDowns, untilSomeAreLeft(now), lastBack, spent);
    }

    /** Where the hour's writes are spent: until the first of them are an hour old. */
    private Duration untilSomeAreLeft(Duration now) {
        return spent.stream()
                .map(earlier -> earlier.at().plus(PEACE))
                .filter(old -> old.compareTo(now) > 0)
                .findFirst()
                .orElse(now.plus(SHORTEST_STAND_DOWN));
    }

    /** Whether way is given now. */
    boolean standsDown(Duration now) {
        return until != null && now.compareTo(until) < 0;
    }

    /** How long way is still given; empty while it is not. */
    Optional<Duration> left(Duration now) {
        return standsDown(now) && until != null ? Optional.of(until.minus(now)) : Optional.empty();
    }

    private int spentSince(Duration since) {
        return spent.stream()
                .filter(earlier -> earlier.at().compareTo(since) > 0)
                .mapToInt(Spent::writes)
                .sum();
    }

    private static Duration pause(int standDowns) {
        return SHORTEST_STAND_DOWN.multipliedBy(1L << Math.min(standDowns, DOUBLINGS));
    }
}
