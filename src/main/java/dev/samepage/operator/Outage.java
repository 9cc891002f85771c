package dev.samepage.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once when something cannot be read any more, be it that the API server does not answer or refuses, and once when it can again. The
 * client would say it at each of its tries, or not at all. What is read is a handful of kinds, each by one path.
 */
final class Outage implements Interceptor {
    static final String NAME = "SAMEPAGE_OUTAGE";

    /** Less is a request that is sent again. */
    private static final Duration NOTEWORTHY = Duration.ofSeconds(30);

    private static final int ERROR = 400;

    /** A watch that has missed too much is made anew: that is an answer. */
    private static final int GONE = 410;

    private static final int NOT_FOUND = 404;

    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    private final Clock clock;

    /** Since when what cannot be read. */
    private final Map<String, Failing> failing = new HashMap<>();

    private record Failing(Instant since, boolean said) {}

    /** Time is {@code clock}'s. */
    Outage(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (isReading(request)) {
            int code = response.code();
            if (code < ERROR || code == NOT_FOUND || code == GONE) {
                isRead(request.uri().getPath());
            } else {
                isNotRead(request.uri().getPath(), "HTTP " + code);
            }
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        if (isReading(request)) {
            isNotRead(request.uri().getPath(), failure.toString());
        }
    }

    /** A watch by WebSocket names no method. */
    private static boolean isReading(HttpRequest request) {
        return request.method() == null || "GET".equals(request.method());
    }

    synchronized void isNotRead(String what, String why) {
        Instant now = clock.instant();
        Failing before = failing.computeIfAbsent(what, first -> new Failing(now, false));
        if (!before.said() && !now.isBefore(before.since().plus(NOTEWORTHY))) {
            failing.put(what, new Failing(before.since(), true));
            log.atWarn()
                    .addKeyValue("path", what)
                    .addKeyValue("since", before.since())
                    .addKeyValue("cause", why)
                    .log(
                            "Cannot read from the API server; nodes stay as they were told last, and it is tried again until it answers");
        }
    }

    synchronized void isRead(String what) {
        Failing before = failing.remove(what);
        if (before != null && before.said()) {
            log.atInfo()
                    .addKeyValue("path", what)
                    .addKeyValue("after", Duration.between(before.since(), clock.instant()))
                    .log("Reads from the API server again");
        }
    }
}
