package dev.samepage.operator;

import dev.samepage.policy.Notice;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes notices as Kubernetes events (of the core group, which {@code kubectl describe} and {@code kubectl get events} show with
 * their age and count). What they regard has no namespace, so they are in {@code default}, as the API server demands. They are
 * written one after another beside the work, and best effort: one that the API server refuses is lost and disturbs nothing.
 */
@Singleton
public class EventRecorder {
    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
    private static final String NAMESPACE = "default";
    private static final int WAITING = 1000;
    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;
    private final Clock clock;
    private final EventBudget budget = new EventBudget();
    private final ThreadPoolExecutor writer;
    private volatile boolean refused;

    /** Times of events are by {@code clock}. */
    public EventRecorder(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
        writer = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("events").factory(),
                new ThreadPoolExecutor.DiscardPolicy());
        writer.allowCoreThreadTimeOut(true);
    }

    /** Returns at once. Writes nothing where the same was said of the same object lately, or much else was. */
    void record(ObjectReference regarding, Notice notice) {
        Instant now = clock.instant();
        if (budget.admits(regarding.getKind() + "/" + regarding.getName(), notice, now)) {
            Event event = event(regarding, notice, now);
            writer.execute(() -> write(event));
        }
    }

    private void write(Event event) {
        try {
            client.v1().events().inNamespace(NAMESPACE).resource(event).create();
            refused = false;
        } catch (RuntimeException e) {
            if (!refused) {
                log.atWarn()
                        .addKeyValue("regarding", event.getInvolvedObject().getName())
                        .addKeyValue("reason", event.getReason())
                        .addKeyValue("cause", e.getMessage())
                        .log("Could not write an event; the next that fail are not mentioned");
            }
            refused = true;
        }
    }

    private static Event event(ObjectReference regarding, Notice notice, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(regarding.getName() + ".")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withInvolvedObject(regarding)
                .withType(type(notice.kind()))
                .withReason(notice.reason())
                .withMessage(shortened(notice.message()))
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource()
                .withComponent(OperatorApplication.FIELD_MANAGER)
                .endSource()
                .withReportingComponent(OperatorApplication.FIELD_MANAGER)
                .build();
    }

    private static String type(Notice.Kind kind) {
        return kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    }
}
