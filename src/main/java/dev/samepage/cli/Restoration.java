package dev.samepage.cli;

import dev.samepage.agent.Agent;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import java.time.Duration;

/** Runs the rounds of an agent whose node no policy covers any more, until everything is put back. */
final class Restoration {
    /** After this long it is given up; un-merging itself may take longer and is not cut short. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final long BEAT_MILLIS = 200;

    private Restoration() {}

    /** The status of the last round: {@code Restored}, or what was in the way for too long. */
    static KsmNodeStatus of(Agent agent) throws InterruptedException {
        long start = System.nanoTime();
        KsmNodeStatus status = agent.round();
        while (status.state() != State.RESTORED && System.nanoTime() - start < LONGEST.toNanos()) {
            Thread.sleep(BEAT_MILLIS);
            status = agent.round();
        }
        return status;
    }
}
