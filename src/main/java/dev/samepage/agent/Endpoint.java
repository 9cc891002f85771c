package dev.samepage.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The agent's HTTP port: {@code /metrics} for Prometheus; for the kubelet {@code /healthz}, whether the agent need not be restarted, and
 * {@code /readyz}, whether its node is being looked after. Both are answered whatever the host's files do.
 */
public final class Endpoint implements AutoCloseable {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;
    private static final Duration LONGEST_SCRAPE = Duration.ofSeconds(8);
    private static final int WAITING_SCRAPES = 8;

    private final HttpServer server;

    /** A thread for each request: one that never ends must not keep the kubelet from its answer. */
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Reads what the metrics need of /proc. A virtual thread that hangs in a file keeps the thread of the machine that carries it, and the
     * agent, which is given one processor, has one of those.
     */
    private final ExecutorService reader = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_SCRAPES),
            Thread.ofPlatform().daemon().name("metrics").factory());

    private final AgentLoop loop;
    private final NodeMetrics metrics;
    private final Duration longestScrape;

    /**
     * Starts to listen.
     *
     * @throws IOException where the address cannot be had
     */
    public Endpoint(InetSocketAddress address, AgentLoop loop, NodeMetrics metrics) throws IOException {
        this(address, loop, metrics, LONGEST_SCRAPE);
    }

    Endpoint(InetSocketAddress address, AgentLoop loop, NodeMetrics metrics, Duration longestScrape)
            throws IOException {
        this.loop = loop;
        this.metrics = metrics;
        this.longestScrape = longestScrape;
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
                    Health health = loop.health();
                    text(exchange, health.alive() ? OK : UNAVAILABLE, health.text());
                }
                case "/readyz" -> {
                    Health health = loop.health();
                    text(exchange, health.ready() ? OK : UNAVAILABLE, health.text());
                }
                default -> text(exchange, NOT_FOUND, "there are /metrics, /healthz and /readyz");
            }
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        PrometheusTextFormatWriter format = PrometheusTextFormatWriter.create();
        Future<byte[]> body;
        try {
            body = reader.submit(() -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                format.write(out, metrics.of(loop.newest()));
                return out.toByteArray();
            });
        } catch (RejectedExecutionException e) {
            text(exchange, UNAVAILABLE, "earlier scrapes still wait for the host's /proc");
            return;
        }
        try {
            send(exchange, OK, format.getContentType(), body.get(longestScrape.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            body.cancel(false);
            text(exchange, UNAVAILABLE, "the host's /proc does not answer");
        } catch (ExecutionException e) {
            throw new IOException("no metrics", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void text(HttpExchange exchange, int code, String text) throws IOException {
        send(exchange, code, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
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
        reader.shutdownNow();
    }
}
