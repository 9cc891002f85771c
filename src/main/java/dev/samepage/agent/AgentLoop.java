package dev.samepage.agent;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.kernel.UnmergeGuard;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent's rounds, each when the agent wants it and at once when woken, and keeps the newest result for whoever asks from another thread. */
public final class AgentLoop {
    private static final Logger log = LoggerFactory.getLogger(AgentLoop.class);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

    /** Un-merging a large host takes minutes, and to kill the agent then would stop it half way. */
    private static final Duration LONGEST_ROUND = UnmergeGuard.TIME_LIMIT.plus(Duration.ofMinutes(5));

    private final Semaphore woken = new Semaphore(0);
    private final AtomicReference<@Nullable KsmNodeStatus> newest = new AtomicReference<>();
    private final AtomicLong lastRoundNanos = new AtomicLong(System.nanoTime());
    private final Activity activity;
    private volatile boolean stopped;
    private String failure = "";

    /**
     * A loop that does not run yet.
     *
     * @param activity where it says how its rounds went
     */
    public AgentLoop(Activity activity) {
        this.activity = activity;
    }

    /** Makes the next round start now. */
    public void wake() {
        woken.release();
    }

    /** Ends {@link #run} after the round that is under way. */
    public void stop() {
        stopped = true;
        wake();
    }

    /** Runs rounds until {@link #stop}. A round that throws is logged and does not end the loop. */
    public void run(Agent agent) throws InterruptedException {
        while (!stopped) {
            long start = System.nanoTime();
            Duration pause = AFTER_A_FAILURE;
            try {
                newest.set(agent.round());
                long end = System.nanoTime();
                lastRoundNanos.set(end);
                activity.roundTook(Duration.ofNanos(end - start));
                failure = "";
                pause = agent.untilNextRound();
            } catch (RuntimeException e) {
                activity.count(Deed.ROUND_FAILED);
                sayOnce(e);
            }
            if (woken.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
        }
    }

    /** What fails in one round fails in the next one a second later. */
    private void sayOnce(RuntimeException e) {
        if (!e.toString().equals(failure)) {
            failure = e.toString();
            log.atError()
                    .setCause(e)
                    .log("A round failed; the next ones follow, and are not logged while they fail alike");
        }
    }

    /** The status of the last round; null before the first. */
    @Nullable
    KsmNodeStatus newest() {
        return newest.get();
    }

    /** Whether rounds still come to an end. */
    boolean alive() {
        return System.nanoTime() - lastRoundNanos.get() < LONGEST_ROUND.toNanos();
    }
}
