package dev.samepage.agent;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.MemoryStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a status is worth a write to the API server: at once when it says something new, a few times after that, because then a person
 * is likely to look, and otherwise seldom.
 */
public final class ReportSchedule {
    /** How often the figures are sent while they move, unless said otherwise. */
    static final Duration INTERVAL = Duration.ofMinutes(5);

    private static final Duration SIGN_OF_LIFE = Duration.ofMinutes(15);
    private static final List<Duration> AFTER_A_CHANGE =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofMinutes(1));
    /** A verdict may swing around its threshold, a phase last a few seconds, and a message may carry a figure that moves. */
    private static final Duration BETWEEN_WORDS = Duration.ofMinutes(1);

    private static final double WORTH_TELLING = 0.01;

    /** Of one core. */
    private static final double WORTH_TELLING_PERCENT = 1;

    private static final double SPREAD = 0.1;

    private final Duration interval;
    private final DoubleSupplier random;
    private @Nullable KsmNodeStatus sent;
    private Instant sentAt = Instant.EPOCH;
    private Instant changedAt = Instant.EPOCH;
    private int soon;
    private double spread = 1;

    /**
     * A schedule that has sent nothing yet.
     *
     * @param random numbers from 0 to 1, so that the agents of a cluster do not write in step
     */
    public ReportSchedule(Duration interval, DoubleSupplier random) {
        this.interval = interval;
        this.random = random;
    }

    /** Whether this status is to be sent now; if so it counts as sent. */
    boolean due(KsmNodeStatus status, Instant now) {
        boolean news = sent == null
                || saysSomethingNew(status, sent)
                || (saysItDifferently(status, sent) && !now.isBefore(sentAt.plus(BETWEEN_WORDS)));
        if (!news && !isTime(status, now)) {
            return false;
        }
        if (sent == null || saysSomethingNew(status, sent)) {
            changedAt = now;
            soon = 0;
        }
        sent = status;
        sentAt = now;
        spread = 1 - SPREAD + 2 * SPREAD * random.getAsDouble();
        return true;
    }

    /** The next status is new, whatever was sent before. */
    void forget() {
        sent = null;
    }

    /** The status sent last. */
    @Nullable
    KsmNodeStatus sent() {
        return sent;
    }

    private boolean isTime(KsmNodeStatus status, Instant now) {
        if (now.isBefore(sentAt)) {
            return true;
        }
        if (soon < AFTER_A_CHANGE.size() && !now.isBefore(changedAt.plus(AFTER_A_CHANGE.get(soon)))) {
            soon++;
            return true;
        }
        Duration since = Duration.between(sentAt, now);
        return since.compareTo(scaled(SIGN_OF_LIFE)) >= 0 || (since.compareTo(scaled(interval)) >= 0 && moved(status));
    }

    private Duration scaled(Duration duration) {
        return Duration.ofMillis((long) (duration.toMillis() * spread));
    }

    private boolean moved(KsmNodeStatus status) {
        if (sent == null) {
            return true;
        }
        return !Objects.equals(sent.guests(), status.guests())
                || Math.abs(percent(sent) - percent(status)) >= WORTH_TELLING_PERCENT
                || !sent.settings().equals(status.settings())
                || moved(sent.memory(), status.memory());
    }

    private static boolean moved(@Nullable MemoryStatus before, @Nullable MemoryStatus now) {
        if (before == null || now == null) {
            return (before == null) != (now == null);
        }
        return moved(before.savedBytes(), now.savedBytes())
                || moved(before.profitBytes(), now.profitBytes())
                || moved(before.availableBytes(), now.availableBytes());
    }

    private static double percent(KsmNodeStatus status) {
        return status.ksmd() == null ? 0 : Double.parseDouble(status.ksmd().cpuPercent());
    }

    private static boolean moved(@Nullable Long before, @Nullable Long now) {
        if (before == null || now == null) {
            return !Objects.equals(before, now);
        }
        return Math.abs(now - before) > WORTH_TELLING * Math.abs(before);
    }

    private static boolean saysItDifferently(KsmNodeStatus status, KsmNodeStatus sent) {
        return status.verdict() != sent.verdict()
                || status.phase() != sent.phase()
                || !Objects.equals(status.message(), sent.message());
    }

    private static boolean saysSomethingNew(KsmNodeStatus status, KsmNodeStatus sent) {
        return status.state() != sent.state()
                || !Objects.equals(status.hash(), sent.hash())
                || !Objects.equals(status.observedGeneration(), sent.observedGeneration())
                || !Objects.equals(status.kernel(), sent.kernel())
                || !said(status.conditions()).equals(said(sent.conditions()));
    }

    private static List<String> said(List<Condition> conditions) {
        return conditions.stream()
                .map(c -> c.getType() + c.getStatus() + c.getReason())
                .toList();
    }
}
