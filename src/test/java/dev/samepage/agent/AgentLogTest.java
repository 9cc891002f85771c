package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.testbed.CapturedLog;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent and its client write to the log, with every logger at its most talkative, in a session in which much goes wrong. */
class AgentLogTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TOKEN = "eyJhbGciOiJ-known-token-of-this-test";

    @TempDir
    Path directory;

    private final MockWebServer server = new MockWebServer();
    private final AtomicInteger patches = new AtomicInteger();
    private final AtomicInteger lists = new AtomicInteger();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init")
    private CapturedLog log;

    @BeforeEach
    void start() {
        log = CapturedLog.withAllOf("dev.samepage", "io.fabric8", "jdk.httpclient");
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                authorizations.add(String.valueOf(request.getHeader("Authorization")));
                if (request.getMethod().equals("PATCH")) {
                    return patches.incrementAndGet() < 3
                            ? status(403, "no\\u001b[2J\\nAug 01 00:00:00 forged: line")
                            : status(500, "broken");
                }
                if (request.getPath().contains("watch=true")) {
                    return status(410, "too old");
                }
                return lists.incrementAndGet() % 2 == 0 ? status(401, "who are you?") : list();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.shutdown();
        log.close();
    }

    @Test
    void theTokenIsInNone() {
        session();

        assertThat(authorizations).contains("Bearer " + TOKEN);
        assertThat(log.entries())
                .anyMatch(entry ->
                        entry.logger().startsWith("io.fabric8") && entry.level().intValue() < 800);
        assertThat(log.entries())
                .noneMatch(entry -> entry.text().contains(TOKEN) || entry.text().contains("Bearer"));
    }

    @Test
    void theEnvironmentIsInNone() {
        session();

        System.getenv().forEach((name, value) -> {
            // What is short, and paths, may be there for another reason.
            if (value.length() > 12 && !value.startsWith("/")) {
                assertThat(log.entries())
                        .as(name)
                        .noneMatch(entry -> entry.text().contains(value));
            }
        });
    }

    @Test
    void whatTheApiServerSaysStaysOnOneLine() {
        session();

        assertThat(log.entries())
                .filteredOn(entry -> entry.logger().startsWith("dev.samepage")
                        && entry.text().contains("forged"))
                .isNotEmpty()
                .allMatch(entry ->
                        entry.text().lines().count() == 1 && entry.text().indexOf('\u001b') < 0);
    }

    /** Rounds of an agent with an API server that refuses whatever it can, until some of each refusal was seen. */
    private void session() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.getPort())
                .withOauthToken(TOKEN)
                .build();
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618(), directory);
        try (KubernetesClient client = KsmNodeClient.connect(config);
                KsmNodeClient controlPlane = new KsmNodeClient(client, "worker-3", () -> {}, new Activity())) {
            Agent agent = node.start(node.ksm, controlPlane);
            await().atMost(SOON).until(() -> {
                node.pass(Duration.ofMinutes(6));
                agent.round();
                return patches.get() > 3 && lists.get() > 3;
            });
        }
    }

    private static MockResponse status(int code, String message) {
        return json(code, """
                {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "%s", "code": %d}
                """.formatted(message, code));
    }

    private static MockResponse list() {
        return json(200, """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNodeList", "metadata": {"resourceVersion": "1"},
                 "items": [{"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNode",
                            "metadata": {"name": "worker-3", "uid": "1", "resourceVersion": "1", "generation": 1},
                            "spec": {"hash": "h", "settings": {"mode": "Stopped"}}}]}
                """);
    }

    private static MockResponse json(int code, String body) {
        return new MockResponse()
                .setResponseCode(code)
                .setHeader("Content-Type", "application/json")
                .setBody(body);
    }
}
