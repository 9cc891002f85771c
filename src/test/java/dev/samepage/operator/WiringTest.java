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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WiringTest {
    private static final byte[] NODES = """
            {"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": []}
            """.getBytes(StandardCharsets.UTF_8);

    /** As an API server does that is being replaced, or has been busy for too long. */
    @Test
    void aRequestWhoseConnectionIsClosedIsSentAgain() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (requests.incrementAndGet() > 3) {
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, NODES.length);
                exchange.getResponseBody().write(NODES);
            }
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

        assertThat(requests).hasValue(4);
    }
}
