package dev.samepage.cli;

import dev.samepage.agent.ControlPlane;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A policy file in the place of an API server: says what the file says, and prints what is reported, a line each. */
final class LocalControlPlane implements ControlPlane {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintWriter out;
    private final Clock clock;
    private volatile KsmNodeSpec spec;
    private volatile @Nullable KsmNodeStatus reported;

    LocalControlPlane(KsmNodeSpec spec, PrintWriter out, Clock clock) {
        this.spec = spec;
        this.out = out;
        this.clock = clock;
    }

    /** Says from now on what is said here. */
    void say(KsmNodeSpec next) {
        spec = next;
    }

    @Override
    public Knowledge knowledge() {
        return new Knowledge.Present(spec, null, reported);
    }

    @Override
    public void report(KsmNodeStatus status) {
        reported = status;
        out.println(LocalTime.now(clock).format(TIME) + "  " + line(status));
        out.flush();
    }

    /** The status in a line. */
    static String line(KsmNodeStatus status) {
        return String.format(
                "%-9s %ssaved %-8s profit %-8s ksmd %-6s guests %-3s %-9s %s",
                word(status.state()),
                status.phase() == null ? "" : String.format("%-5s ", status.phase()),
                status.memory() == null ? "-" : status.memory().saved(),
                status.memory() == null ? "-" : status.memory().profit(),
                status.ksmd() == null ? "-" : status.ksmd().cpuPercent() + "%",
                Objects.requireNonNullElse(status.guests(), 0),
                word(status.verdict()),
                Objects.requireNonNullElse(status.message(), "")
                        + (status.phaseReason() == null ? "" : " " + status.phase() + ": " + status.phaseReason()));
    }

    private static String word(@Nullable Enum<?> constant) {
        return constant == null ? "-" : constant.toString();
    }
}
