package dev.samepage.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The agent's HTTP port: {@code /metrics} for Prometheus, {@code /healthz} for the kubelet. */
public final class Endpoint implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    /** A thread for each request: one that never ends must not keep the kubelet from its answer. */
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final AgentLoop loop;
    private final NodeMetrics metrics;

    /**
     * Starts to listen.
     *
     * @throws IOException where the address cannot be had
     */
    public Endpoint(InetSocketAddress address, AgentLoop loop, NodeMetrics metrics) throws IOException {
        this.loop = loop;
        this.metrics = metrics;
        server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> metrics(exchange);
                case "/healthz" -> {
                    boolean alive = loop.alive();
                    text(exchange, alive ? OK : UNAVAILABLE, alive ? "ok\n" : "no round has ended for 15 minutes\n");
                }
                default -> text(exchange, NOT_FOUND, "there are /metrics and /healthz\n");
            }
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        PrometheusTextFormatWriter format = PrometheusTextFormatWriter.create();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        format.write(body, metrics.of(loop.newest()));
        send(exchange, OK, format.getContentType(), body.toByteArray());
    }

    private static void text(HttpExchange exchange, int code, String text) throws IOException {
        send(exchange, code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
