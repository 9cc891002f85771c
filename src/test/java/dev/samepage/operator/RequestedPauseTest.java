package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedPauseTest {
    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void theServerIsLeftAloneForAsLongAsItAsks(int code) throws IOException {
        List<Long> requests = new CopyOnWriteArrayList<>();
        try (var server = new EmptyCluster(exchange -> {
                    requests.add(System.nanoTime());
                    boolean refused = requests.size() == 1;
                    if (refused) {
                        exchange.getResponseHeaders().add("Retry-After", "2");
                    }
                    EmptyCluster.answer(exchange, refused ? code : 200);
                });
                var client = server.client("")) {
            assertThat(client.nodes().list().getItems()).isEmpty();
        }

        assertThat(requests).hasSize(2);
        assertThat(Duration.ofNanos(requests.get(1) - requests.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(1900));
    }
}
