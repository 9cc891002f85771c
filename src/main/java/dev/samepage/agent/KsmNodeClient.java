package dev.samepage.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server as the agent of one node needs it: a watch on a single KsmNode, and patches of its status. Nothing here makes the
 * loop wait: what is known is in memory, and statuses are written by a thread of their own, only the newest of them.
 */
public final class KsmNodeClient implements ControlPlane, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KsmNodeClient.class);
    private static final String FIELD_MANAGER = "samepage-agent";
    private static final int NOT_FOUND = 404;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;
    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    private final KubernetesClient client;
    private final String node;
    private final Runnable wake;
    private final Activity activity;
    private final SharedIndexInformer<KsmNode> informer;

    /** Whether the API server has answered; earlier than the informer's own word for it, which comes after the events. */
    private volatile boolean heard;

    private final ExecutorService writer;
    private final AtomicReference<@Nullable KsmNodeStatus> unwritten = new AtomicReference<>();

    /**
     * A client that is no larger than a watch on one kind, and a patch now and then, need. Beside KsmNode it knows the kind Status, which
     * ends a watch that has missed too much; unknown, it would be taken for noise, and the watch begun again from the same place for ever.
     */
    public static KubernetesClient connect(Config config) {
        var serialization = new KubernetesSerialization(new ObjectMapper(), false);
        serialization.registerKubernetesResource("v1", "Status", Status.class);
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                        // They cost memory and time at the start.
                        .withHttp2Disable(true)
                        .withOnlyHttpWatches(true)
                        .build())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withKubernetesSerialization(serialization)
                .build();
    }

    /**
     * Starts to watch. An API server that cannot be reached is tried again, with growing pauses, for as long as it takes.
     *
     * @param wake called from another thread whenever there is something new
     * @param activity where it says what was reported
     */
    public KsmNodeClient(KubernetesClient client, String node, Runnable wake, Activity activity) {
        this.client = client;
        this.node = node;
        this.wake = wake;
        this.activity = activity;
        writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("status-writer").factory());
        informer = client.resources(KsmNode.class).withName(node).runnableInformer(0);
        informer.exceptionHandler((started, failure) -> {
            log.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("error", failure)
                    .log("API server not reached, trying again");
            return true;
        });
        informer.addEventHandler(new Wake());
        informer.start();
    }

    @Override
    public Knowledge knowledge() {
        if (!heard) {
            return new Knowledge.Unknown();
        }
        KsmNode found = informer.getStore().list().stream()
                .filter(object -> object.getMetadata().getDeletionTimestamp() == null)
                .findFirst()
                .orElse(null);
        return found == null || found.getSpec() == null
                ? new Knowledge.Absent()
                : new Knowledge.Present(found.getSpec(), found.getMetadata().getGeneration(), found.getStatus());
    }

    @Override
    public void report(KsmNodeStatus status) {
        if (unwritten.getAndSet(status) == null) {
            writer.execute(this::write);
        }
    }

    private void write() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!Thread.currentThread().isInterrupted()) {
            KsmNodeStatus status = unwritten.get();
            if (status == null) {
                return;
            }
            if (!patched(status)) {
                pause = sleep(pause);
            } else if (unwritten.compareAndSet(status, null)) {
                return;
            }
        }
    }

    /** Waits half the pause to the whole of it, so that agents do not come back in step; gives the next pause. */
    private static long sleep(long pause) {
        try {
            TimeUnit.MILLISECONDS.sleep(pause / 2 + (long) (Math.random() * pause / 2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }

    /** Whether the status is written, or there is nothing left to write it to. */
    private boolean patched(KsmNodeStatus status) {
        KsmNode patch = new KsmNode();
        patch.setMetadata(new ObjectMetaBuilder().withName(node).build());
        patch.setStatus(status);
        try {
            client.resource(patch)
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(true)
                            .build());
            activity.count(Deed.REPORT);
            return true;
        } catch (RuntimeException e) {
            if (e instanceof KubernetesClientException refused && refused.getCode() == NOT_FOUND) {
                return true;
            }
            activity.count(Deed.REPORT_FAILED);
            log.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("error", e.getMessage())
                    .log("Status not written, trying again");
            return false;
        }
    }

    /** Stops watching and writing. What was not written yet is dropped. */
    @Override
    public void close() {
        informer.stop();
        writer.shutdownNow();
    }

    private final class Wake implements ResourceEventHandler<KsmNode> {
        @Override
        public void onAdd(KsmNode added) {
            news();
        }

        @Override
        public void onUpdate(KsmNode before, KsmNode after) {
            news();
        }

        @Override
        public void onDelete(KsmNode deleted, boolean finalStateUnknown) {
            news();
        }

        @Override
        public void onNothing() {
            news();
        }

        private void news() {
            heard = true;
            wake.run();
        }
    }
}
