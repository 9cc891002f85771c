package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real API server cannot be made to answer when a test wants it. */
class KsmNodeClientTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final MockWebServer server = new MockWebServer();
    private final AtomicInteger lists = new AtomicInteger();

    @BeforeEach
    void start() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return request.getPath().contains("watch=true") ? expired() : list(lists.incrementAndGet());
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.shutdown();
    }

    @Test
    void aWatchThatHasMissedTooMuchIsFollowedByANewList() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://localhost:" + server.getPort())
                .build();
        try (KubernetesClient client = KsmNodeClient.connect(config);
                KsmNodeClient agents = new KsmNodeClient(client, "worker-1", () -> {}, new Activity())) {

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(agents.knowledge())
                            .isInstanceOfSatisfying(
                                    ControlPlane.Knowledge.Present.class,
                                    present -> assertThat(present.generation()).isGreaterThanOrEqualTo(2)));
        }
    }

    private static MockResponse expired() {
        return new MockResponse()
                .setResponseCode(200)
                .setHeader("Content-Type", "application/json")
                .setBody("""
                {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",\
                 "message": "too old resource version: 561 (564)", "reason": "Expired", "code": 410}}
                """);
    }

    /** The KsmNode as it is when it is asked for the nth time: each time of another generation. */
    private static MockResponse list(int generation) {
        return new MockResponse()
                .setResponseCode(200)
                .setHeader("Content-Type", "application/json")
                .setBody("""
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNodeList", "metadata": {"resourceVersion": "%d"},
                 "items": [{"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNode",
                            "metadata": {"name": "worker-1", "uid": "1", "resourceVersion": "%1$d", "generation": %1$d},
                            "spec": {"hash": "h"}}]}
                """.formatted(generation));
    }
}
