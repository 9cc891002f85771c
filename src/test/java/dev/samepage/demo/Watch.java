package dev.samepage.demo;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Prints what kubectl says of policy and node: at once when Adaptive has begun another phase, and now and then. */
final class Watch {
    private static final String TABLE = "get ksmp,ksmn";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration BETWEEN_TABLES = Duration.ofSeconds(8);

    private final OneNode cluster;
    private final DemoHost host;
    private final Screen screen;
    private final long startNanos = System.nanoTime();
    private final OptionalLong cpuNanosBefore;
    private String phase = "";
    private long printedNanos;

    /** Its time begins now. */
    Watch(OneNode cluster, DemoHost host, Screen screen) {
        this.cluster = cluster;
        this.host = host;
        this.screen = screen;
        cpuNanosBefore = host.ksmdCpuNanos();
    }

    /** Prints until so long after its beginning. */
    void until(Duration end) throws InterruptedException {
        while (nanos() < end.toNanos()) {
            if (!phase(status()).equals(phase) || nanos() - printedNanos >= BETWEEN_TABLES.toNanos()) {
                print();
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        if (nanos() - printedNanos >= BETWEEN_TABLES.dividedBy(2).toNanos()) {
            print();
        }
    }

    /** The phase that was printed last, in the API's word; empty where there was none. */
    String phase() {
        return phase;
    }

    private void print() {
        KsmNodeStatus status;
        String table;
        do {
            status = status();
            table = cluster.mustKubectl(TABLE.split(" "));
            // What is said below the table is to be of the same phase.
        } while (!phase(status).equals(phase(status())));
        phase = phase(status);
        printedNanos = nanos();
        long seconds = Duration.ofNanos(printedNanos).toSeconds();
        screen.command(host.marked("kubectl %s      # after %d s".formatted(TABLE, seconds)), table);
        if (status != null && status.phaseReason() != null) {
            screen.say(phase + ": " + status.phaseReason());
        }
        OptionalLong cpuNanos = host.ksmdCpuNanos();
        if (cpuNanos.isPresent() && cpuNanosBefore.isPresent()) {
            double cpuSeconds = (cpuNanos.getAsLong() - cpuNanosBefore.getAsLong()) / 1e9;
            screen.say(String.format(Locale.ROOT, "ksmd has used %.1f CPU seconds since the policy came.", cpuSeconds));
        }
    }

    private @Nullable KsmNodeStatus status() {
        KsmNode node = cluster.ksmNode();
        return node == null ? null : node.getStatus();
    }

    private static String phase(@Nullable KsmNodeStatus status) {
        return status == null || status.phase() == null ? "" : status.phase().toString();
    }

    private long nanos() {
        return System.nanoTime() - startNanos;
    }
}
