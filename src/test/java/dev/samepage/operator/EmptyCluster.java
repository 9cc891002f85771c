package dev.samepage.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** The API server of a cluster without nodes, on the loopback, which treats each request as a test wants it to. */
final class EmptyCluster implements AutoCloseable {
    private static final byte[] NODES = """
            {"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": []}
            """.getBytes(StandardCharsets.UTF_8);

    private final HttpServer server;

    /**
     * Begins to serve.
     *
     * @param handler what becomes of a request; its connection is closed where that did not {@link #answer}
     */
    EmptyCluster(HttpHandler handler) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
    }

    /** Answers that there are no nodes, under this code. */
    static void answer(HttpExchange exchange, int code) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, NODES.length);
        exchange.getResponseBody().write(NODES);
    }

    /** The operator's own client of it. */
    KubernetesClient client(String token) {
        return client(token, new Outage(Clock.systemUTC()));
    }

    /** The same, that tells {@code outage} what it cannot read. */
    KubernetesClient client(String token, Outage outage) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.getAddress().getPort())
                .withOauthToken(token)
                .build();
        return new Wiring().client(config, new KubernetesSerialization(), outage);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
