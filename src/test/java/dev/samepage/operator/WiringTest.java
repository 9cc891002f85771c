package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.CapturedLog;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WiringTest {
    private static final String TOKEN = "eyJhbGciOiJ-known-token-of-this-test";

    /** As an API server does that is being replaced, or has been busy for too long. */
    @Test
    void aRequestWhoseConnectionIsClosedIsSentAgain() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (var server = new EmptyCluster(exchange -> {
                    if (requests.incrementAndGet() > 3) {
                        EmptyCluster.answer(exchange, 200);
                    }
                });
                var client = server.client(TOKEN)) {
            assertThat(client.nodes().list().getItems()).isEmpty();
        }

        assertThat(requests).hasValue(4);
    }

    @Test
    void theTokenIsNotLoggedByTheMostTalkativeClientEither() throws IOException {
        Queue<String> authorizations = new ConcurrentLinkedQueue<>();
        try (var log = CapturedLog.withAllOf("dev.samepage", "io.fabric8", "jdk.httpclient");
                var server = new EmptyCluster(exchange -> {
                    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    EmptyCluster.answer(exchange, authorizations.size() == 1 ? 503 : 200);
                });
                var client = server.client(TOKEN)) {
            assertThat(client.nodes().list().getItems()).isEmpty();

            assertThat(authorizations).containsExactly("Bearer " + TOKEN, "Bearer " + TOKEN);
            assertThat(log.entries())
                    .anyMatch(entry -> entry.logger().startsWith("io.fabric8")
                            && entry.level().intValue() < 800);
            assertThat(log.entries())
                    .noneMatch(entry ->
                            entry.text().contains(TOKEN) || entry.text().contains("Bearer"));
        }
    }
}
