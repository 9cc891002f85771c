package dev.samepage.operator;

import dev.samepage.policy.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps events few: the same is not said twice of an object within 10 minutes, so that what is tried again is not told again,
 * nor more than 6 things of one within a minute, so that what flaps is no flood. Of the 10,000 objects spoken of last.
 */
final class EventBudget {
    private static final Duration NOT_AGAIN = Duration.ofMinutes(10);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int AT_MOST = 6;
    private static final int OBJECTS = 10_000;

    private record Said(Notice notice, Instant when) {}

    private final Map<String, Deque<Said>> said = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Said>> eldest) {
            return size() > OBJECTS;
        }
    };

    /** Whether {@code notice} may be said of {@code object} now; then it counts as said. */
    synchronized boolean admits(String object, Notice notice, Instant now) {
        Deque<Said> before = said.computeIfAbsent(object, name -> new ArrayDeque<>());
        before.removeIf(one -> !one.when().isAfter(now.minus(NOT_AGAIN)));
        boolean again = before.stream().anyMatch(one -> one.notice().equals(notice));
        long lately = before.stream()
                .filter(one -> one.when().isAfter(now.minus(WINDOW)))
                .count();
        if (again || lately >= AT_MOST) {
            return false;
        }
        before.add(new Said(notice, now));
        return true;
    }
}
