package dev.samepage.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is to be run.
 *
 * @param length of each tuner's turn
 * @param tuners that take turns, in the order of the first run
 * @param runs how often each has its turn on each scenario
 */
record Options(Duration length, List<Tuner> tuners, List<Scenario> scenarios, int runs) {
    private static final int SHORTEST_SECONDS = 10;
    private static final int LONGEST_SECONDS = 86_400;
    private static final int MOST_RUNS = 100;

    Options {
        tuners = List.copyOf(tuners);
        scenarios = List.copyOf(scenarios);
    }

    /**
     * Reads what was typed.
     *
     * @param property gives the text of {@code bench.seconds} and so on
     * @param known the tuners that there are
     * @throws IllegalArgumentException with a message that names the choices
     */
    static Options parse(Function<String, String> property, List<Tuner> known) {
        return new Options(
                Duration.ofSeconds(number("bench.seconds", property, SHORTEST_SECONDS, LONGEST_SECONDS)),
                choices("bench.tuners", property, known, Tuner::name),
                choices("bench.scenarios", property, List.of(Scenario.values()), Scenario::word),
                number("bench.runs", property, 1, MOST_RUNS));
    }

    private static int number(String name, Function<String, String> property, int least, int most) {
        String text = property.apply(name).strip();
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException(
                "-D%s=%s: it takes a whole number from %d to %d.".formatted(name, text, least, most));
    }

    private static <T> List<T> choices(
            String name, Function<String, String> property, List<T> known, Function<T, String> word) {
        String typed = property.apply(name).strip();
        List<String> words = Arrays.stream(typed.split(",", -1))
                .map(String::strip)
                .distinct()
                .toList();
        if (words.equals(List.of("all"))) {
            return known;
        }
        for (String each : words) {
            if (known.stream().noneMatch(one -> word.apply(one).equals(each))) {
                throw new IllegalArgumentException(
                        "-D%s=%s: there is no \"%s\". It takes all, or some of %s, with commas between."
                                .formatted(
                                        name,
                                        typed,
                                        each,
                                        known.stream().map(word).collect(Collectors.joining(", "))));
            }
        }
        return words.stream()
                .map(each -> known.stream()
                        .filter(one -> word.apply(one).equals(each))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    /** The order in which the tuners take turns: in each run another one begins, so that none always has the machine as the same other left it. */
    List<Tuner> order(int run) {
        int first = (run - 1) % tuners.size();
        List<Tuner> order = new ArrayList<>(tuners.subList(first, tuners.size()));
        order.addAll(tuners.subList(0, first));
        return order;
    }

    /** How long it takes at least. */
    Duration duration() {
        return length.multipliedBy((long) runs * tuners.size() * scenarios.size());
    }
}
