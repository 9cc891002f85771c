package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.agent.StandInApiServer.Answer;
import dev.samepage.agent.StandInApiServer.Request;
import dev.samepage.agent.StandInApiServer.Verb;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.testbed.CapturedLog;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent and its client write to the log, with every logger at its most talkative, in a session in which much goes wrong. */
class AgentLogTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TOKEN = "eyJhbGciOiJ-known-token-of-this-test";

    /** What pom.xml puts into the environment of every test, so that there is something to be found. */
    private static final String SECRET = "known-secret-of-the-tests";

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private StandInApiServer server;

    @SuppressWarnings("NullAway.Init")
    private CapturedLog log;

    @BeforeEach
    void start() throws IOException {
        log = CapturedLog.withAllOf("dev.samepage", "io.fabric8", "jdk.httpclient");
        server = StandInApiServer.at(0, null);
        Answer usual = server.list;
        server.list = exchange ->
                (server.requests(Verb.LIST).size() % 2 == 0 ? status(401, "who are you?") : usual).to(exchange);
        server.watch = status(410, "too old");
        server.patch = exchange -> (server.requests(Verb.PATCH).size() < 3
                        ? status(403, "no\\u001b[2J\\nAug 01 00:00:00 forged: line")
                        : status(500, "broken"))
                .to(exchange);
    }

    @AfterEach
    void stop() {
        server.close();
        log.close();
    }

    @Test
    void theTokenIsInNone() {
        session();

        assertThat(server.requests(Verb.PATCH))
                .extracting(Request::authorization)
                .contains("Bearer " + TOKEN);
        assertThat(log.entries())
                .anyMatch(entry ->
                        entry.logger().startsWith("io.fabric8") && entry.level().intValue() < 800);
        assertThat(log.entries())
                .noneMatch(entry -> entry.text().contains(TOKEN) || entry.text().contains("Bearer"));
    }

    @Test
    void theEnvironmentIsInNone() {
        session();

        // What is short, and paths, may be there for another reason.
        List<String> values = System.getenv().values().stream()
                .filter(value -> value.length() > 12 && !value.startsWith("/"))
                .toList();
        assertThat(values).contains(SECRET);
        assertThat(log.entries()).noneMatch(entry -> values.stream().anyMatch(entry.text()::contains));
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
                .withMasterUrl("http://localhost:" + server.port())
                .withOauthToken(TOKEN)
                .build();
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618(), directory);
        try (ApiConnection connection = ApiConnection.to(config);
                KsmNodeClient controlPlane = new KsmNodeClient(
                        connection, "worker-1", () -> {}, new Activity(), KsmNodeWatch.SILENCE, () -> 0.0005)) {
            Agent agent = node.start(node.ksm, controlPlane);
            await().atMost(SOON).until(() -> {
                node.pass(Duration.ofMinutes(6));
                agent.round();
                return server.requests(Verb.PATCH).size() > 3
                        && server.requests(Verb.LIST).size() > 3;
            });
        }
    }

    private static Answer status(int code, String message) {
        return exchange -> StandInApiServer.json(exchange, code, """
                {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "%s", "code": %d}
                """.formatted(message, code));
    }
}
