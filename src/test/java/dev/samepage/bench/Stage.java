package dev.samepage.bench;

import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Guests that come and go by a schedule. Not for use by several threads. */
final class Stage implements AutoCloseable {
    private final GuestFleet fleet;
    private final Deque<Schedule.Event> due;
    private final List<Long> byNumber;

    private Stage(GuestFleet fleet, Schedule schedule) {
        this.fleet = fleet;
        this.due = new ArrayDeque<>(schedule.events());
        this.byNumber = new ArrayList<>(fleet.pids());
    }

    /** Starts those that are there from the beginning, and waits until their memory is filled. */
    static Stage open(GuestKind kind, Schedule schedule) {
        return new Stage(GuestFleet.start(schedule.atStart(), kind).awaitReady(), schedule);
    }

    /** Does what is due by now, and does not wait for those that come. */
    void play(Duration now) {
        while (!due.isEmpty() && due.element().at().compareTo(now) <= 0) {
            switch (due.remove()) {
                case Schedule.Arrival arrival -> {
                    fleet.add(arrival.guests());
                    byNumber.addAll(fleet.pids()
                            .subList(
                                    fleet.pids().size() - arrival.guests(),
                                    fleet.pids().size()));
                }
                case Schedule.Departure departure -> fleet.stop(byNumber.get(departure.number()));
            }
        }
    }

    /** How many have filled their memory. */
    int ready() {
        return fleet.readyPids().size();
    }

    List<Long> pids() {
        return fleet.pids();
    }

    /** See {@link GuestFleet#trueSavedBytes}. */
    long trueSavedBytes() {
        return fleet.trueSavedBytes();
    }

    /**
     * Checks that all who should be there are.
     *
     * @throws IllegalStateException if a guest has ended by itself
     */
    void checkComplete() {
        fleet.pids().stream()
                .filter(pid -> ProcessHandle.of(pid).isEmpty())
                .findAny()
                .ifPresent(pid -> {
                    throw new IllegalStateException("guest " + pid + " has ended by itself: what was measured is void");
                });
    }

    @Override
    public void close() {
        fleet.close();
    }
}
