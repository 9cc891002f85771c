package dev.samepage.install;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where two trees of fields differ: a line for each place, such as {@code /spec/replicas: 1 -> 2}. */
final class Differences {
    private static final String ABSENT = "absent";

    private final List<String> lines = new ArrayList<>();

    private Differences() {}

    static List<String> between(Object from, Object to) {
        var differences = new Differences();
        differences.compare("", from, to);
        return differences.lines;
    }

    private void compare(String path, @Nullable Object from, @Nullable Object to) {
        if (from instanceof Map<?, ?> before && to instanceof Map<?, ?> after) {
            var keys = new TreeSet<String>();
            before.keySet().forEach(key -> keys.add(key.toString()));
            after.keySet().forEach(key -> keys.add(key.toString()));
            for (String key : keys) {
                compare(path + "/" + key, before.get(key), after.get(key));
            }
        } else if (from instanceof List<?> before && to instanceof List<?> after && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                compare(path + "/" + i, before.get(i), after.get(i));
            }
        } else if (!Objects.equals(from, to)) {
            lines.add("%s: %s -> %s".formatted(path, shown(from), shown(to)));
        }
    }

    private static Object shown(@Nullable Object value) {
        return value == null ? ABSENT : value;
    }
}
