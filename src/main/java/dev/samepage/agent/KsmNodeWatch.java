package dev.samepage.agent;

import dev.samepage.api.KsmNode;
import dev.samepage.kernel.Text;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one KsmNode for as long as it is open, in a thread of its own: gets it, watches it, and begins anew when the watch ends, fails
 * or falls silent, each time with the pause that {@link Backoff} gives. A KsmNode that was seen last stays known
 * meanwhile; that there is none does not.
 */
final class KsmNodeWatch implements AutoCloseable {
    /** An API server sends a bookmark every minute, whether anything changes or not. Less than the grace of a KsmNode that is gone. */
    static final Duration SILENCE = Duration.ofMinutes(3);

    /** After that a watch is not taken to have failed. */
    private static final Duration LASTING = Duration.ofMinutes(1);

    /** The API server is asked to end a watch after 5 to 10 min: the agents' next ones are spread over time then. */
    private static final long SHORTEST_WATCH_SECONDS = 300;

    private static final Logger log = LoggerFactory.getLogger(KsmNodeWatch.class);

    private final FilterWatchListDeletable<KsmNode, KubernetesResourceList<KsmNode>, Resource<KsmNode>> ksmNodes;
    private final RetryAfter retryAfter;
    private final DoubleSupplier random;
    private final Backoff backoff;
    private final Trouble trouble = new Trouble();
    private final Duration silence;
    private final Runnable news;
    private final Thread thread;
    private volatile @Nullable Seen seen;
    private volatile boolean closed;

    /** What the API server said last: the KsmNode, null where there is none. */
    record Seen(@Nullable KsmNode ksmNode) {
        boolean says(@Nullable KsmNode other) {
            return Objects.equals(version(ksmNode), version(other));
        }

        private static @Nullable String version(@Nullable KsmNode ksmNode) {
            return ksmNode == null ? null : ksmNode.getMetadata().getResourceVersion();
        }
    }

    /**
     * Starts to follow it.
     *
     * @param silence for how long nothing may be heard before the watch is taken to be dead
     * @param news called from other threads whenever there is something new
     * @param random numbers from 0 to 1
     */
    KsmNodeWatch(ApiConnection connection, String node, Duration silence, Runnable news, DoubleSupplier random) {
        ksmNodes = connection.client().resources(KsmNode.class).withField("metadata.name", node);
        retryAfter = connection.retryAfter();
        this.silence = silence;
        this.news = news;
        this.random = random;
        backoff = new Backoff(random);
        thread = Thread.ofPlatform().daemon().name("ksmnode-watch").unstarted(this::run);
        thread.start();
    }

    /** What was seen last; empty as long as the API server has not answered, or no longer answers after it said that there is none. */
    Optional<Seen> latest() {
        return Optional.ofNullable(seen);
    }

    /** Stops. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                Duration pause = follow();
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until that ends somehow; gives how long to wait then. */
    private Duration follow() throws InterruptedException {
        try {
            var list = ksmNodes.list();
            see(list.getItems().isEmpty() ? null : list.getItems().getFirst());
            return watch(list.getMetadata().getResourceVersion());
        } catch (RuntimeException | Error e) {
            // An error, too: a thread that ended would leave an agent that hears nothing any more and does not say so.
            if (seen != null && seen.ksmNode() == null) {
                // Somebody may be putting it back.
                seen = null;
            }
            say("API server not reached, trying again", e);
            return backoff.next(retryAfter.left());
        }
    }

    private Duration watch(String resourceVersion) throws InterruptedException {
        long seconds = (long) (SHORTEST_WATCH_SECONDS * (1 + random.getAsDouble()));
        ListOptions options = new ListOptionsBuilder()
                .withResourceVersion(resourceVersion)
                .withAllowWatchBookmarks(true)
                .withTimeoutSeconds(seconds)
                .build();
        long start = System.nanoTime();
        var listener = new Listener();
        try (Watch _ = ksmNodes.watch(options, listener)) {
            if (!listener.awaitEnd() && trouble.isNew("silence")) {
                log.atWarn()
                        .addKeyValue("for", silence)
                        .log("A watch says nothing, not even that it is there; beginning anew, as often as it takes");
            }
        }
        Duration lasted = Duration.ofNanos(System.nanoTime() - start);
        WatcherException failure = listener.failure;
        if (lasted.compareTo(LASTING) >= 0) {
            backoff.reset();
        } else if (failure != null && !failure.isHttpGone()) {
            say("A watch has failed, beginning anew", failure.asClientException());
        }
        return lasted.toSeconds() >= seconds - 1 ? Duration.ZERO : backoff.next(retryAfter.left());
    }

    private void see(@Nullable KsmNode ksmNode) {
        Seen before = seen;
        seen = new Seen(ksmNode);
        if (before == null || !before.says(ksmNode)) {
            news.run();
        }
    }

    /** What lasts for hours is said once; it is over when a watch is heard, for lists may be answered where watches are not. */
    private void say(String what, Throwable why) {
        if (!closed && trouble.isNew(why)) {
            log.atWarn()
                    .addKeyValue("error", Text.line(String.valueOf(why.getMessage())))
                    .log(what);
        }
    }

    private final class Listener implements Watcher<KsmNode> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile long heardAt = System.nanoTime();

        /** The client says so of a watch that the API server has ended in time, too. */
        private volatile @Nullable WatcherException failure;

        @Override
        public void eventReceived(Action action, KsmNode ksmNode) {
            heardAt = System.nanoTime();
            if (trouble.over()) {
                log.atInfo().log("API server reached again");
            }
            switch (action) {
                case ADDED, MODIFIED -> change(ksmNode);
                case DELETED -> change(null);
                case BOOKMARK -> {}
                case ERROR -> ended.countDown();
            }
        }

        /** A watch that is given up may still have something to say. */
        private void change(@Nullable KsmNode ksmNode) {
            if (ended.getCount() > 0) {
                see(ksmNode);
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            failure = cause;
            ended.countDown();
        }

        @Override
        public void onClose() {
            ended.countDown();
        }

        /** False where it has not ended, but nothing was heard for too long. */
        boolean awaitEnd() throws InterruptedException {
            while (true) {
                long left = heardAt + silence.toNanos() - System.nanoTime();
                if (left <= 0) {
                    ended.countDown();
                    return false;
                }
                if (ended.await(left, TimeUnit.NANOSECONDS)) {
                    return true;
                }
            }
        }
    }
}
