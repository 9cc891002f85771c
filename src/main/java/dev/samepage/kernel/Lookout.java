package dev.samepage.kernel;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at processes in a thread of its own, because a process can hold up whoever reads its {@code cmdline} or {@code ksm_stat}: the
 * kernel waits there for the lock of that process's address space (mmap_lock). A process that does not answer is left alone until it does.
 * Not for use by two threads at once.
 */
final class Lookout {
    /** How long one process may take to be looked at. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** As many threads may hang; then nobody is looked at until one of them comes back. */
    private static final int MOST_HANGING = 4;

    private final Duration patience;
    private final Map<Integer, Future<?>> hanging = new ConcurrentHashMap<>();
    private @Nullable ExecutorService thread;

    /**
     * A lookout without a thread, until it has something to do.
     *
     * @param patience how long one process may take to be looked at
     */
    Lookout(Duration patience) {
        this.patience = patience;
    }

    /** What was seen of each process that could be looked at; it takes {@code patience} more for each one that begins to hang. */
    <T> Map<Integer, T> look(Collection<Integer> pids, IntFunction<T> look) {
        hanging.values().removeIf(Future::isDone);
        Queue<Integer> left = new ConcurrentLinkedQueue<>(pids);
        left.removeAll(hanging.keySet());
        Map<Integer, T> seen = new ConcurrentHashMap<>();
        while (!left.isEmpty()
                && hanging.size() < MOST_HANGING
                && !Thread.currentThread().isInterrupted()) {
            Walk walk = new Walk();
            Future<?> all = thread().submit(() -> walk.along(left, pid -> seen.put(pid, look.apply(pid))));
            await(all, walk);
        }
        return Map.copyOf(seen);
    }

    /** How far the other thread is. */
    private static final class Walk {
        private volatile int at;
        private volatile boolean givenUp;

        void along(Queue<Integer> pids, IntConsumer look) {
            while (!givenUp) {
                Integer pid = pids.poll();
                if (pid == null) {
                    return;
                }
                at = pid;
                look.accept(pid);
            }
        }
    }

    private void await(Future<?> all, Walk walk) {
        while (true) {
            int before = walk.at;
            try {
                all.get(patience.toNanos(), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                if (walk.at == before && !all.isDone()) {
                    giveUp(all, walk);
                    return;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                giveUp(all, walk);
                return;
            }
        }
    }

    /**
     * The thread looks at nobody else and ends, once it comes back; another goes on with the rest. It is not interrupted: that would close
     * the file that it reads, and wait for it.
     */
    private void giveUp(Future<?> all, Walk walk) {
        walk.givenUp = true;
        hanging.put(walk.at, all);
        if (thread != null) {
            thread.shutdown();
            thread = null;
        }
    }

    private ExecutorService thread() {
        ExecutorService known = thread;
        if (known == null) {
            known = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("lookout").factory());
            thread = known;
        }
        return known;
    }
}
