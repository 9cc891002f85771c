package dev.samepage.operator;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits as long as the API server asks for ({@code Retry-After}, in seconds) before the client is told that a request was refused. The
 * client itself reads that too, and then tries again after the pause that it would have made anyway.
 */
final class RequestedPause implements Interceptor {
    static final String NAME = "SAMEPAGE_RETRY_AFTER";

    /** Longer, and the request would end for lack of an answer; the reconciler tries again by itself then. */
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    @Override
    public CompletableFuture<Boolean> afterFailure(BasicBuilder request, HttpResponse<?> response, RequestTags tags) {
        Duration asked = asked(response);
        return asked.isZero()
                ? CompletableFuture.completedFuture(false)
                : new CompletableFuture<Boolean>().completeOnTimeout(false, asked.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Duration asked(HttpResponse<?> response) {
        @Nullable String seconds = response.header("Retry-After");
        boolean asks = (response.code() == TOO_MANY_REQUESTS || response.code() >= SERVER_ERROR)
                && seconds != null
                && seconds.matches("[0-9]{1,9}");
        if (!asks) {
            return Duration.ZERO;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(seconds));
        return asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    }
}
