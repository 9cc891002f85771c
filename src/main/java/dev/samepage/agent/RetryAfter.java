package dev.samepage.agent;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers until when the API server asked to be left alone: {@code Retry-After}, in seconds, in an answer of 429 or a server's error.
 * The client itself reads it and then waits for as long as it would have waited anyway.
 */
final class RetryAfter implements Interceptor {
    static final String NAME = "SAMEPAGE_RETRY_AFTER";

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    /** Whoever asks for more is not believed. */
    private static final long LONGEST_SECONDS = 300;

    private final LongSupplier nanoTime;
    private final AtomicLong until;

    /** Time is {@code nanoTime}, which never goes back. */
    RetryAfter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        until = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    public void after(
            HttpRequest request, HttpResponse<?> response, AsyncBody.@Nullable Consumer<List<ByteBuffer>> consumer) {
        if (response.code() == TOO_MANY_REQUESTS || response.code() >= SERVER_ERROR) {
            asked(response.header("Retry-After"));
        }
    }

    private void asked(@Nullable String seconds) {
        if (seconds != null && seconds.matches("[0-9]{1,9}")) {
            long time = nanoTime.getAsLong()
                    + Duration.ofSeconds(Math.min(Long.parseLong(seconds), LONGEST_SECONDS))
                            .toNanos();
            until.accumulateAndGet(time, (before, now) -> now - before > 0 ? now : before);
        }
    }

    /** How long it is still to be left alone, zero or more. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, until.get() - nanoTime.getAsLong()));
    }
}
