package dev.samepage.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * When guests come and go. They are numbered from 0 in the order in which they come.
 *
 * @param atStart guests that are there, with their memory filled, when time begins
 * @param events in the order of time
 */
record Schedule(int atStart, List<Event> events) {
    private static final Duration CHURN_EVERY = Duration.ofSeconds(20);
    private static final int CHURN_AT_START = 5;
    private static final int SHORTEST_LIFE_SECONDS = 30;
    private static final int LONGEST_LIFE_SECONDS = 150;
    private static final long SEED = 20;

    Schedule {
        events = List.copyOf(events);
    }

    /** Something that happens to guests. */
    sealed interface Event {
        /** Since the start. */
        Duration at();
    }

    /** Guests are started. Their memory is filled a little later. */
    record Arrival(Duration at, int guests) implements Event {}

    /** A guest is ended. */
    record Departure(Duration at, int number) implements Event {}

    /** The same guests from beginning to end. */
    static Schedule constant(int guests) {
        return new Schedule(guests, List.of());
    }

    /** Further guests come when half the time is over. */
    static Schedule moreAtHalfTime(int guests, int more, Duration length) {
        return new Schedule(guests, List.of(new Arrival(length.dividedBy(2), more)));
    }

    /** A guest comes every 20 s, and each lives for 30 to 150 s: five at first, and four or five on average. Always the same lives. */
    static Schedule churn(Duration length) {
        var random = new SplittableRandom(SEED);
        List<Event> events = new ArrayList<>();
        int number = 0;
        while (number < CHURN_AT_START) {
            depart(number++, Duration.ZERO, length, random, events);
        }
        for (Duration at = CHURN_EVERY; at.compareTo(length) < 0; at = at.plus(CHURN_EVERY)) {
            events.add(new Arrival(at, 1));
            depart(number++, at, length, random, events);
        }
        events.sort(Comparator.comparing(Event::at));
        return new Schedule(CHURN_AT_START, events);
    }

    private static void depart(
            int number, Duration born, Duration length, SplittableRandom random, List<Event> events) {
        Duration end = born.plusSeconds(random.nextInt(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS + 1));
        if (end.compareTo(length) < 0) {
            events.add(new Departure(end, number));
        }
    }

    /** The arrival, where there is exactly one and nobody leaves. */
    Optional<Arrival> soleArrival() {
        return events.size() == 1 && events.getFirst() instanceof Arrival arrival
                ? Optional.of(arrival)
                : Optional.empty();
    }
}
