package dev.samepage.agent;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.kernel.Text;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
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

    private final ApiConnection connection;
    private final String node;
    private final Activity activity;
    private final KsmNodeWatch watch;
    private final Backoff backoff;
    private final Trouble trouble = new Trouble();
    private final ExecutorService writer;
    private final AtomicReference<@Nullable KsmNodeStatus> unwritten = new AtomicReference<>();

    /**
     * Starts to watch. An API server that cannot be reached is tried again, with growing pauses, for as long as it takes.
     *
     * @param wake called from another thread whenever there is something new
     * @param activity where it says what was reported
     */
    public KsmNodeClient(ApiConnection connection, String node, Runnable wake, Activity activity) {
        this(connection, node, wake, activity, KsmNodeWatch.SILENCE, Math::random);
    }

    KsmNodeClient(
            ApiConnection connection,
            String node,
            Runnable wake,
            Activity activity,
            Duration silence,
            DoubleSupplier random) {
        this.connection = connection;
        this.node = node;
        this.activity = activity;
        backoff = new Backoff(random);
        writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("status-writer").factory());
        watch = new KsmNodeWatch(connection, node, silence, wake, random);
    }

    @Override
    public Knowledge knowledge() {
        return watch.latest().<Knowledge>map(seen -> known(seen.ksmNode())).orElseGet(Knowledge.Unknown::new);
    }

    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    private static Knowledge known(@Nullable KsmNode found) {
        return found == null || found.isMarkedForDeletion() || found.getSpec() == null
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
        try {
            KsmNodeStatus status = unwritten.get();
            while (status != null && !Thread.currentThread().isInterrupted()) {
                if (!patched(status)) {
                    TimeUnit.NANOSECONDS.sleep(
                            backoff.next(connection.retryAfter().left()).toNanos());
                } else {
                    backoff.reset();
                    unwritten.compareAndSet(status, null);
                }
                status = unwritten.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the status is written, or there is nothing left to write it to. */
    private boolean patched(KsmNodeStatus status) {
        KsmNode patch = new KsmNode();
        patch.setMetadata(new ObjectMetaBuilder().withName(node).build());
        patch.setStatus(status);
        try {
            connection
                    .client()
                    .resource(patch)
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(true)
                            .build());
            activity.count(Deed.REPORT);
            trouble.over();
            return true;
        } catch (RuntimeException | Error e) {
            // An error, too: a thread that ended would leave an agent that silently reports nothing any more.
            if (e instanceof KubernetesClientException refused && refused.getCode() == NOT_FOUND) {
                return true;
            }
            activity.count(Deed.REPORT_FAILED);
            String why = Text.line(String.valueOf(e.getMessage()));
            if (trouble.isNew(e)) {
                log.atWarn()
                        .addKeyValue("node", node)
                        .addKeyValue("error", why)
                        .log("Status not written, trying again");
            }
            return false;
        }
    }

    /** Stops watching and writing. What was not written yet is dropped. */
    @Override
    public void close() {
        watch.close();
        writer.shutdownNow();
    }
}
