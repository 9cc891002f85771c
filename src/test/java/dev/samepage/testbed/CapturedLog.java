package dev.samepage.testbed;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** What is logged in this JVM until it is closed, whoever logs it. */
public final class CapturedLog implements AutoCloseable {
    /** Held here, because a logger that nobody holds may forget its level. */
    private final List<Logger> talkative;

    private final Logger root = Logger.getLogger("");
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            entries.add(new Entry(record.getLevel(), String.valueOf(record.getLoggerName()), text(record)));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /**
     * One record.
     *
     * @param text its message, its parameters, and its exception with the stack
     */
    public record Entry(Level level, String logger, String text) {}

    private CapturedLog(List<Logger> talkative) {
        this.talkative = talkative;
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        talkative.forEach(logger -> logger.setLevel(Level.ALL));
    }

    /** Captures from now on; these loggers log everything, the others what they logged before. */
    public static CapturedLog withAllOf(String... loggers) {
        return new CapturedLog(Arrays.stream(loggers).map(Logger::getLogger).toList());
    }

    /** What was logged so far. */
    public List<Entry> entries() {
        return new ArrayList<>(entries);
    }

    /** What was logged so far as at least a warning. */
    public List<Entry> warnings() {
        return entries.stream()
                .filter(entry -> entry.level().intValue() >= Level.WARNING.intValue())
                .toList();
    }

    private static String text(LogRecord record) {
        StringWriter text = new StringWriter();
        text.append(String.valueOf(record.getMessage()));
        if (record.getParameters() != null) {
            text.append(Arrays.stream(record.getParameters())
                    .map(String::valueOf)
                    .collect(Collectors.joining(" ", " ", "")));
        }
        if (record.getThrown() != null) {
            PrintWriter stack = new PrintWriter(text.append('\n'), true);
            record.getThrown().printStackTrace(stack);
        }
        return text.toString();
    }

    @Override
    public void close() {
        talkative.forEach(logger -> logger.setLevel(null));
        root.removeHandler(handler);
    }
}
