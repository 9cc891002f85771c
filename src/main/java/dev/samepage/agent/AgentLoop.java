package dev.samepage.agent;

import dev.samepage.api.KsmNodeStatus;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent's rounds, each when the agent wants it and at once when woken, and keeps the newest result for whoever asks from another thread. */
public final class AgentLoop {
    private static final Logger log = LoggerFactory.getLogger(AgentLoop.class);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

    private final Semaphore woken = new Semaphore(0);
    private final AtomicReference<@Nullable KsmNodeStatus> newest = new AtomicReference<>();
    private final AtomicLong lastRoundNanos;
    private final Activity activity;
    private final LongSupplier nanoTime;
    private final Trouble rounds = new Trouble();
    private volatile @Nullable Thread runner;
    private volatile @Nullable Agent running;
    private volatile boolean stopped;
    private volatile boolean saidSilent;

    /**
     * A loop that does not run yet.
     *
     * @param activity where it says how its rounds went
     */
    public AgentLoop(Activity activity) {
        this(activity, System::nanoTime);
    }

    AgentLoop(Activity activity, LongSupplier nanoTime) {
        this.activity = activity;
        this.nanoTime = nanoTime;
        lastRoundNanos = new AtomicLong(nanoTime.getAsLong());
    }

    /** Makes the next round start now. */
    public void wake() {
        woken.release();
    }

    /** Ends {@link #run} after the round that is under way; an un-merge in it is called off. */
    public void stop() {
        stopped = true;
        Agent agent = running;
        if (agent != null) {
            agent.end();
        }
        wake();
    }

    /** Runs rounds until {@link #stop}. A round that throws is logged and does not end the loop. */
    public void run(Agent agent) throws InterruptedException {
        runner = Thread.currentThread();
        running = agent;
        lastRoundNanos.set(nanoTime.getAsLong());
        while (!stopped) {
            long start = nanoTime.getAsLong();
            Duration pause = AFTER_A_FAILURE;
            try {
                newest.set(agent.round());
                long end = nanoTime.getAsLong();
                lastRoundNanos.set(end);
                activity.roundTook(Duration.ofNanos(end - start));
                rounds.over();
                pause = agent.untilNextRound();
            } catch (RuntimeException e) {
                activity.count(Deed.ROUND_FAILED);
                // The message may have a time or a process id in it; where it was thrown has not.
                String where = e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0].toString();
                if (rounds.isNew(e.getClass().getName() + " " + where)) {
                    log.atError()
                            .setCause(e)
                            .log("A round failed; the next ones follow, and are not logged while they fail alike");
                }
            }
            if (woken.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
        }
    }

    /** The status of the last round; null before the first. */
    @Nullable
    KsmNodeStatus newest() {
        return newest.get();
    }

    /** How the loop is. Never waits for it. */
    Health health() {
        Thread thread = runner;
        if (thread == null) {
            return new Health.Waiting();
        }
        Duration silence = Duration.ofNanos(nanoTime.getAsLong() - lastRoundNanos.get());
        if (newest.get() != null && silence.compareTo(Health.SILENT) < 0) {
            saidSilent = false;
            return new Health.Running();
        }
        Health health = Health.held(thread.getStackTrace())
                .<Health>map(call -> new Health.Held(silence, call))
                .orElseGet(() -> new Health.Silent(silence));
        if (silence.compareTo(Health.SILENT) >= 0 && !saidSilent) {
            saidSilent = true;
            log.atWarn().log("Not ready: " + health.text());
        }
        return health;
    }
}
