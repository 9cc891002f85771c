package dev.samepage.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An API server with one KsmNode, worker-1, which answers as a test wants it to: what a real one cannot be made to do. Each list has the
 * KsmNode in another generation, a watch says nothing and does not end, and a patch is accepted, unless said otherwise.
 */
final class StandInApiServer implements AutoCloseable {
    enum Verb {
        LIST,
        WATCH,
        PATCH
    }

    /** A request as it came in. */
    record Request(Verb verb, long atNanos, String authorization, String body) {}

    /** What is sent back. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    volatile Answer list =
            exchange -> json(exchange, 200, list(requests(Verb.LIST).size()));
    volatile Answer watch = this::silence;
    volatile Answer patch = exchange -> json(exchange, 200, ksmNode(1));

    private StandInApiServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** One at this port of this host, or at any where it is 0; with TLS where there is something to prove itself with. */
    static StandInApiServer at(int port, @Nullable SSLContext identity) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        if (identity == null) {
            return new StandInApiServer(HttpServer.create(address, 0));
        }
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new StandInApiServer(server);
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<Request> requests(Verb verb) {
        return requests.stream().filter(request -> request.verb() == verb).toList();
    }

    /** An answer that is nothing but an error. */
    static Answer refusal(int code) {
        return exchange -> json(exchange, code, "{}");
    }

    /** An error the first {@code times}, then what is usual. */
    Answer refusalAtFirst(int code, int times, Verb verb, Answer usual) {
        return exchange -> (requests(verb).size() <= times ? refusal(code) : usual).to(exchange);
    }

    /** No answer at all. */
    void hang(HttpExchange exchange) throws InterruptedException {
        closed.await();
    }

    /** A watch that begins and then says nothing. */
    void silence(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        closed.await();
    }

    static void json(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            Verb verb = exchange.getRequestMethod().equals("PATCH")
                    ? Verb.PATCH
                    : URLDecoder.decode(query, StandardCharsets.UTF_8).contains("watch=true") ? Verb.WATCH : Verb.LIST;
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            requests.add(new Request(
                    verb,
                    System.nanoTime(),
                    authorization == null ? "" : authorization,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            (switch (verb) {
                        case LIST -> list;
                        case WATCH -> watch;
                        case PATCH -> patch;
                    })
                    .to(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String list(int generation) {
        return """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNodeList", "metadata": {"resourceVersion": "%d"},
                 "items": [%s]}
                """.formatted(generation, ksmNode(generation));
    }

    static String ksmNode(int generation) {
        return """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNode",\
                 "metadata": {"name": "worker-1", "uid": "1", "resourceVersion": "%d", "generation": %1$d},\
                 "spec": {"hash": "h"}}""".formatted(generation);
    }

    /** Everything under way is cut off. */
    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
