package dev.samepage.bench;

import dev.samepage.measure.Spread;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tuners of one scenario side by side, in Markdown: the median of the runs, and the smallest and the largest in brackets. */
final class ResultTable {
    private static final String HEADER = """
            | tuner | mean share of the ideal saving | true share | ksmd CPU | 95 % after start | 95 % after the arrival \
            | own CPU | machine's CPU | load before |
            |---|---|---|---|---|---|---|---|---|
            """;
    private static final String NONE = "–";

    private final Schedule schedule;
    private final Map<String, List<TrialResult>> byTuner;

    /**
     * A table.
     *
     * @param results of one scenario
     */
    ResultTable(Schedule schedule, List<TrialResult> results) {
        this.schedule = schedule;
        this.byTuner = results.stream()
                .collect(Collectors.groupingBy(TrialResult::tuner, LinkedHashMap::new, Collectors.toList()));
    }

    /** With a line for each of the tuners that has results, in this order. */
    String markdown(List<String> tuners) {
        return HEADER
                + tuners.stream()
                        .filter(byTuner::containsKey)
                        .map(tuner -> line(tuner, byTuner.getOrDefault(tuner, List.of())))
                        .collect(Collectors.joining());
    }

    private String line(String tuner, List<TrialResult> results) {
        List<Figures> runs = results.stream()
                .map(result -> Figures.of(result.samples(), schedule))
                .toList();
        return "| "
                + String.join(
                        " | ",
                        tuner,
                        shares(runs, Figures::share),
                        shares(runs, Figures::trueShare),
                        spread(runs.stream().map(Figures::ksmdCpuSeconds).toList(), ResultTable::seconds),
                        reaches(runs, Figures::afterStart),
                        reaches(runs, Figures::afterArrival),
                        spread(runs.stream().map(Figures::ownCpuSeconds).toList(), ResultTable::hundredths),
                        spread(runs.stream().map(Figures::machineCpuSeconds).toList(), ResultTable::seconds),
                        spread(results.stream().map(TrialResult::loadBefore).toList(), ResultTable::load))
                + " |\n";
    }

    private static String shares(List<Figures> runs, Function<Figures, OptionalDouble> share) {
        List<Double> present = runs.stream()
                .map(share)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList();
        return spread(present, ResultTable::percent);
    }

    private static String reaches(List<Figures> runs, Function<Figures, Optional<Figures.Reach>> reach) {
        List<Figures.Reach> present =
                runs.stream().map(reach).flatMap(Optional::stream).toList();
        double within =
                present.stream().mapToDouble(Figures.Reach::withinSeconds).min().orElse(0);
        return spread(
                present.stream().map(Figures.Reach::seconds).toList(),
                value -> value.isInfinite() ? String.format(Locale.ROOT, "not in %.0f s", within) : seconds(value));
    }

    private static String spread(List<Double> values, Function<Double, String> text) {
        if (values.isEmpty()) {
            return NONE;
        }
        var spread = new Spread(values);
        String median = text.apply(spread.median());
        return values.size() == 1
                ? median
                : median + " (" + text.apply(spread.min()) + " to " + text.apply(spread.max()) + ")";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f s", value);
    }

    private static String hundredths(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }

    private static String load(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
