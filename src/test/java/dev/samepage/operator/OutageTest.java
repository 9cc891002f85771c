package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.samepage.testbed.CapturedLog;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final String NODES = "/api/v1/nodes";

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final InstantSource time = () -> now;
    private final Outage outage = new Outage(time.withZone(ZoneOffset.UTC));
    private final CapturedLog log = CapturedLog.withAllOf();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void isSaidOnceAfter30Seconds() {
        for (int seconds = 0; seconds <= 3600; seconds += 10) {
            outage.isNotRead(NODES, "HTTP 503");
            assertThat(said()).hasSize(seconds < 30 ? 0 : 1);
            now = now.plusSeconds(10);
        }
        assertThat(said().getFirst())
                .contains(
                        "Cannot read from the API server; nodes stay as they were told last, and it is tried again until it answers");
    }

    @Test
    void itsEndIsSaidToo() {
        outage.isNotRead(NODES, "HTTP 503");
        now = now.plusSeconds(90);
        outage.isNotRead(NODES, "java.net.ConnectException");

        outage.isRead(NODES);
        outage.isRead(NODES);

        assertThat(said()).hasSize(2);
        assertThat(said().getLast()).contains("Reads from the API server again");
    }

    @Test
    void whatFailsForAMomentIsNotSaid() {
        outage.isNotRead(NODES, "HTTP 503");
        now = now.plusSeconds(29);
        outage.isRead(NODES);
        now = now.plusSeconds(29);
        outage.isNotRead(NODES, "HTTP 503");

        assertThat(said()).isEmpty();
    }

    @Test
    void thatOneKindIsRefusedIsSaidWhileAnotherIsRead() {
        outage.isNotRead(NODES, "HTTP 403");
        now = now.plus(Duration.ofMinutes(1));
        outage.isRead("/apis/ksm.samepage.dev/v1alpha1/ksmnodes");
        outage.isNotRead(NODES, "HTTP 403");

        assertThat(said()).hasSize(1);
    }

    @Test
    void theOperatorsClientTellsOfItsRequests() throws IOException {
        try (var server = new EmptyCluster(exchange -> EmptyCluster.answer(exchange, 403));
                var client = server.client("", outage)) {
            refused(client);
            now = now.plusSeconds(30);
            refused(client);
        }

        assertThat(said()).hasSize(1);
    }

    private static void refused(KubernetesClient client) {
        assertThat(catchThrowable(() -> client.nodes().list())).isNotNull();
    }

    private List<String> said() {
        return log.entries().stream()
                .filter(entry -> entry.logger().equals(Outage.class.getName()))
                .map(CapturedLog.Entry::text)
                .toList();
    }
}
