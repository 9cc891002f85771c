package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedPauseTest {
    private static final byte[] NODES = """
            {"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": []}
            """.getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void theServerIsLeftAloneForAsLongAsItAsks(int code) throws IOException {
        List<Long> requests = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(System.nanoTime());
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            boolean refused = requests.size() == 1;
            if (refused) {
                exchange.getResponseHeaders().add("Retry-After", "2");
            }
            exchange.sendResponseHeaders(refused ? code : 200, NODES.length);
            exchange.getResponseBody().write(NODES);
            exchange.close();
        });
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.getAddress().getPort())
                .build();
        try (var client = new Wiring().client(config, new KubernetesSerialization())) {
            assertThat(client.nodes().list().getItems()).isEmpty();
        } finally {
            server.stop(0);
        }

        assertThat(requests).hasSize(2);
        assertThat(Duration.ofNanos(requests.get(1) - requests.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(1900));
    }
}
