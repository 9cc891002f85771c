package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.HostProc;
import dev.samepage.testbed.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path proc;

    private Endpoint endpoint;

    @BeforeEach
    void listen() throws IOException {
        FakeProc files = new FakeProc(proc);
        files.kernelThreads();
        files.file("37/schedstat", "1500000000 0 0\n");
        endpoint = endpoint(LONG_ENOUGH);
    }

    private Endpoint endpoint(Duration longestScrape) throws IOException {
        Activity activity = new Activity();
        return new Endpoint(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new AgentLoop(activity),
                new NodeMetrics(new HostProc(proc), Path.of("/proc"), activity, "1.2.3"),
                longestScrape);
    }

    @AfterEach
    void close() {
        endpoint.close();
        client.close();
    }

    @Test
    void healthzAsksForNoRestart() throws Exception {
        HttpResponse<String> response = get("/healthz");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("no round has begun yet\n");
    }

    @Test
    void readyzSaysThatNoRoundHasEnded() throws Exception {
        HttpResponse<String> response = get("/readyz");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("no round has begun yet\n");
    }

    @Test
    void metricsAreInPrometheusTextFormat() throws Exception {
        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void theCpuOfKsmdIsThereBeforeTheFirstRound() throws Exception {
        assertThat(get("/metrics").body()).contains("""
                # HELP samepage_node_ksmd_cpu_seconds_total CPU time of the kernel's ksmd thread since boot.
                # TYPE samepage_node_ksmd_cpu_seconds_total counter
                samepage_node_ksmd_cpu_seconds_total 1.5
                """);
    }

    @Test
    void anyOtherPathSaysWhatThereIs() throws Exception {
        HttpResponse<String> response = get("/metrics/more");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("there are /metrics, /healthz and /readyz\n");
    }

    @Test
    void headHasNoBody() throws Exception {
        HttpResponse<String> response = client.send(
                request("/healthz").HEAD().build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    /** The kubelet would restart an agent that does not answer, and anybody in the cluster can open this port. */
    @Test
    void aClientThatNeverEndsItsRequestHoldsNobodyUp() throws Exception {
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
            slow.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();

            for (int i = 0; i < 5; i++) {
                assertThat(get("/healthz").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void aProcThatDoesNotAnswerHoldsOnlyTheMetricsUp() throws Exception {
        endpoint.close();
        endpoint = endpoint(Duration.ofMillis(200));
        Path vmstat = proc.resolve("vmstat");
        Command.of("mkfifo", vmstat.toString()).run().orThrow();

        for (int i = 0; i < 20; i++) {
            assertThat(get("/metrics").statusCode()).isEqualTo(503);
        }

        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        Files.writeString(vmstat, "cow_ksm 1\n");
        Files.delete(vmstat);
        await().atMost(LONG_ENOUGH).until(() -> get("/metrics").statusCode() == 200);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .timeout(LONG_ENOUGH);
    }
}
