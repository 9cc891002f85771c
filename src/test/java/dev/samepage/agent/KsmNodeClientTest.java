package dev.samepage.agent;

import static dev.samepage.agent.StandInApiServer.json;
import static dev.samepage.agent.StandInApiServer.ksmNode;
import static dev.samepage.agent.StandInApiServer.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.agent.StandInApiServer.Request;
import dev.samepage.agent.StandInApiServer.Verb;
import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.testbed.CapturedLog;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent does about an API server in trouble. */
class KsmNodeClientTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PATIENT = Duration.ofMinutes(5);
    private static final String EXPIRED = """
            {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",\
             "message": "too old resource version: 561 (564)", "reason": "Expired", "code": 410}}
            """;

    private final Activity activity = new Activity();
    private final AtomicInteger woken = new AtomicInteger();
    private StandInApiServer server;
    private @Nullable ApiConnection connection;
    private @Nullable KsmNodeClient agent;

    @BeforeEach
    void start() throws IOException {
        server = StandInApiServer.at(0, null);
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
        if (connection != null) {
            connection.close();
        }
        server.close();
    }

    @Test
    void beforeTheFirstAnswerNothingIsKnown() {
        server.list = server::hang;

        assertThat(watching(PATIENT).knowledge()).isEqualTo(new Knowledge.Unknown());
    }

    @Test
    void whatTheWatchSaysIsKnown() {
        server.watch = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            var body = exchange.getResponseBody();
            for (String event : List.of("MODIFIED", "DELETED")) {
                body.write("{\"type\": \"%s\", \"object\": %s}\n"
                        .formatted(event, ksmNode(7))
                        .getBytes(StandardCharsets.UTF_8));
                body.flush();
                await().atMost(SOON).until(() -> woken.get() >= (event.equals("MODIFIED") ? 2 : 3));
            }
            server.hang(exchange);
        };
        KsmNodeClient agent = watching(PATIENT);

        await().atMost(SOON).until(() -> woken.get() >= 3);
        assertThat(agent.knowledge()).isEqualTo(new Knowledge.Absent());
    }

    @Test
    void aWatchThatHasMissedTooMuchIsFollowedByANewList() {
        server.watch = exchange -> json(exchange, 200, EXPIRED);

        awaitGeneration(watching(PATIENT), 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 410, 429, 500, 503})
    void aWatchThatIsRefusedIsFollowedByANewList(int code) {
        server.watch = refusal(code);

        awaitGeneration(watching(PATIENT), 3);
    }

    @Test
    void aWatchThatEndsIsFollowedByANewList() {
        server.watch = exchange -> json(exchange, 200, "");

        awaitGeneration(watching(PATIENT), 3);
    }

    @Test
    void aWatchThatFallsSilentIsFollowedByANewList() {
        awaitGeneration(watching(Duration.ofMillis(200)), 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 410, 429, 500, 503})
    void aListThatIsRefusedIsAskedForAgain(int code) {
        server.list = server.refusalAtFirst(code, 3, Verb.LIST, server.list);

        awaitGeneration(watching(PATIENT), 4);
    }

    @Test
    void aListThatIsNoListIsAskedForAgain() {
        var usual = server.list;
        server.list = exchange -> {
            if (server.requests(Verb.LIST).size() <= 2) {
                json(exchange, 200, "<html>a proxy's excuse</html>");
            } else {
                usual.to(exchange);
            }
        };

        awaitGeneration(watching(PATIENT), 3);
    }

    @Test
    void aListWithoutAnAnswerIsGivenUp() {
        var usual = server.list;
        server.list = exchange -> {
            if (server.requests(Verb.LIST).size() == 1) {
                server.hang(exchange);
            } else {
                usual.to(exchange);
            }
        };

        awaitGeneration(watching(PATIENT), 2);
    }

    @Test
    void whatIsKnownStaysKnownWhileTheServerIsInTrouble() {
        KsmNodeClient agent = watching(Duration.ofMillis(200));
        awaitGeneration(agent, 1);
        server.list = refusal(500);
        int lists = server.requests(Verb.LIST).size();
        await().atMost(SOON).until(() -> server.requests(Verb.LIST).size() > lists + 3);

        assertThat(agent.knowledge()).isInstanceOf(Knowledge.Present.class);
    }

    @Test
    void thatThereIsNoKsmNodeIsNotKnownWhileTheServerIsInTrouble() {
        server.list = exchange -> json(exchange, 200, """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNodeList", "metadata": {"resourceVersion": "1"},
                 "items": []}
                """);
        KsmNodeClient agent = watching(Duration.ofMillis(200));
        await().atMost(SOON).until(() -> agent.knowledge().equals(new Knowledge.Absent()));
        server.list = refusal(500);

        await().atMost(SOON).until(() -> agent.knowledge().equals(new Knowledge.Unknown()));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 410, 429, 500, 503})
    void aStatusThatIsRefusedIsWrittenLater(int code) {
        server.patch = server.refusalAtFirst(code, 2, Verb.PATCH, server.patch);

        watching(PATIENT).report(status("one"));

        awaitWritten();
        assertThat(server.requests(Verb.PATCH)).hasSize(3);
    }

    @Test
    void aStatusWithoutAnAnswerIsWrittenAgain() {
        var usual = server.patch;
        server.patch = exchange -> {
            if (server.requests(Verb.PATCH).size() == 1) {
                server.hang(exchange);
            } else {
                usual.to(exchange);
            }
        };

        watching(PATIENT).report(status("one"));

        awaitWritten();
    }

    @Test
    void theServerIsLeftAloneForAsLongAsItAsks() {
        var usual = server.patch;
        server.patch = exchange -> {
            if (server.requests(Verb.PATCH).size() == 1) {
                exchange.getResponseHeaders().add("Retry-After", "2");
                json(exchange, 429, "{}");
            } else {
                usual.to(exchange);
            }
        };

        watching(PATIENT).report(status("one"));

        awaitWritten();
        List<Request> patches = server.requests(Verb.PATCH);
        assertThat(Duration.ofNanos(patches.get(1).atNanos() - patches.get(0).atNanos()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(1900));
    }

    /** Hours of it in short: every try counts, and none leaves anything behind. */
    @Test
    void aServerThatIsGoneForLongIsFoundAgainAndToldTheNewestStatus() throws IOException {
        KsmNodeClient agent = watching(PATIENT);
        awaitGeneration(agent, 1);
        int port = server.port();
        server.close();
        agent.report(status("the first"));
        await().atMost(SOON).until(() -> activity.counted(Deed.REPORT_FAILED) > 5);
        int threads = Thread.activeCount();
        await().atMost(SOON).until(() -> activity.counted(Deed.REPORT_FAILED) > 200);
        int threadsLater = Thread.activeCount();
        agent.report(status("one more"));
        agent.report(status("the newest"));

        server = StandInApiServer.at(port, null);

        awaitWritten();
        awaitGeneration(agent, 1);
        await().atMost(SOON).until(() -> !server.requests(Verb.WATCH).isEmpty());
        assertThat(server.requests(Verb.PATCH))
                .last()
                .satisfies(patch -> assertThat(patch.body()).contains("the newest"));
        assertThat(threadsLater).isLessThanOrEqualTo(threads + 2);
    }

    @Test
    void aWatchThatFallsSilentAgainAndAgainIsSaidOnce() {
        try (var log = CapturedLog.withAllOf()) {
            awaitGeneration(watching(Duration.ofMillis(200)), 4);

            assertThat(said(log)).singleElement().asString().contains("A watch says nothing");
        }
    }

    @Test
    void aWatchThatIsRefusedWhileListsAreNotIsSaidOnce() {
        server.watch = refusal(403);
        try (var log = CapturedLog.withAllOf()) {
            awaitGeneration(watching(PATIENT), 4);

            assertThat(said(log)).singleElement().asString().contains("A watch has failed, beginning anew");
        }
    }

    @Test
    void anErrorDoesNotEndTheWatch() {
        connection = ApiConnection.to(new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.port())
                .build());

        agent = new KsmNodeClient(
                connection,
                "worker-1",
                () -> {
                    throw new StackOverflowError("of this test");
                },
                activity,
                PATIENT,
                () -> 0.0005);

        await().atMost(SOON).until(() -> server.requests(Verb.LIST).size() > 2);
    }

    private static List<String> said(CapturedLog log) {
        return log.entries().stream()
                .filter(entry -> entry.logger().endsWith(".KsmNodeWatch"))
                .map(CapturedLog.Entry::text)
                .toList();
    }

    private KsmNodeClient watching(Duration silence) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.port())
                .build();
        connection = ApiConnection.to(config);
        agent = new KsmNodeClient(connection, "worker-1", woken::incrementAndGet, activity, silence, () -> 0.0005);
        return agent;
    }

    private void awaitGeneration(KsmNodeClient agent, int least) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(agent.knowledge())
                        .isInstanceOfSatisfying(
                                Knowledge.Present.class,
                                present -> assertThat(present.generation()).isGreaterThanOrEqualTo(least)));
    }

    private void awaitWritten() {
        await().atMost(SOON).until(() -> activity.counted(Deed.REPORT) >= 1);
    }

    private static KsmNodeStatus status(String message) {
        return BareStatus.of(1L, State.APPLIED, message, "h");
    }
}
