package dev.samepage.operator;

import static org.awaitility.Awaitility.await;

import dev.samepage.policy.Notice;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @Test
    void whileTheApiServerDoesNotAnswerNoMoreThan1000EventsWait() throws IOException {
        var requests = new AtomicInteger();
        var answers = new CountDownLatch(1);
        try (var server = new EmptyCluster(exchange -> {
                    requests.incrementAndGet();
                    awaitThat(answers);
                    EmptyCluster.answer(exchange, 403);
                });
                var client = server.client("")) {
            var recorder = new EventRecorder(client, Clock.systemUTC());
            for (int i = 0; i < 5000; i++) {
                record(recorder, "node-" + i);
            }

            answers.countDown();

            // One that was being written, and those that waited.
            await().atMost(SOON).until(() -> requests.get() == 1001);
            record(recorder, "the-last");
            await().atMost(SOON).until(() -> requests.get() == 1002);
        }
    }

    private static void record(EventRecorder recorder, String node) {
        recorder.record(
                new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node)
                        .build(),
                new Notice(Notice.Kind.NORMAL, "KsmApplied", "done"));
    }

    private static void awaitThat(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
