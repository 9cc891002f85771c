package dev.samepage.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One tuner's run in a few numbers.
 *
 * @param share mean over time of the part of the ideal saving that KSM's counters show, 0 to 1 and more where they overstate; empty where
 *     nothing can be saved
 * @param trueShare the same, corrected by what the guests' page tables show; empty also where nobody looked at them
 * @param ksmdCpuSeconds CPU time of ksmd
 * @param afterStart until 95 % of the ideal were saved; empty where nothing can be saved
 * @param afterArrival the same from when the newcomers' memory was filled; empty where none come
 * @param ownCpuSeconds CPU time of the tuner itself
 * @param machineCpuSeconds CPU time of everything that ran on the machine
 */
record Figures(
        OptionalDouble share,
        OptionalDouble trueShare,
        double ksmdCpuSeconds,
        Optional<Reach> afterStart,
        Optional<Reach> afterArrival,
        double ownCpuSeconds,
        double machineCpuSeconds) {
    private static final double REACHED = 0.95;

    /**
     * How long something took.
     *
     * @param seconds infinite if it did not happen
     * @param withinSeconds for how long it was waited for
     */
    record Reach(double seconds, double withinSeconds) {}

    /** Of samples in the order of time, at least one. */
    static Figures of(List<Sample> samples, Schedule schedule) {
        Sample last = samples.getLast();
        Optional<Schedule.Arrival> arrival = schedule.soleArrival();
        double firstPart = arrival.map(come -> come.at().toNanos() / 1e9).orElse(last.seconds());
        Optional<Sample> filled = arrival.flatMap(come -> samples.stream()
                .filter(sample -> sample.seen().guests() == schedule.atStart() + come.guests())
                .findFirst());
        return new Figures(
                mean(samples, Sample::share),
                trueShare(samples),
                last.seen().ksmdCpuSeconds(),
                reach(samples, 0, firstPart),
                filled.flatMap(sample -> reach(samples, sample.seconds(), last.seconds())),
                last.seen().tunerCpuSeconds(),
                last.seen().machineCpuSeconds());
    }

    /** The page tables are looked at too seldom to tell when memory was saved; the counters tell that, and how much of it is true those. */
    private static OptionalDouble trueShare(List<Sample> samples) {
        if (samples.stream().allMatch(sample -> sample.seen().trueSavedBytes().isEmpty())) {
            return OptionalDouble.empty();
        }
        TrueRatio ratio = TrueRatio.of(samples);
        return mean(samples, sample -> {
            OptionalDouble share = sample.share();
            return share.isPresent() ? OptionalDouble.of(share.getAsDouble() * ratio.at(sample.seconds())) : share;
        });
    }

    /** Between two values, as if it had changed evenly. */
    private static OptionalDouble mean(List<Sample> samples, Function<Sample, OptionalDouble> part) {
        List<Sample> known = samples.stream()
                .filter(sample -> part.apply(sample).isPresent())
                .toList();
        if (known.isEmpty()) {
            return OptionalDouble.empty();
        }
        ToDoubleFunction<Sample> value = sample -> part.apply(sample).orElseThrow();
        double area = 0;
        for (int i = 1; i < known.size(); i++) {
            Sample before = known.get(i - 1);
            Sample now = known.get(i);
            area += (value.applyAsDouble(before) + value.applyAsDouble(now)) / 2 * (now.seconds() - before.seconds());
        }
        double seconds = known.getLast().seconds() - known.getFirst().seconds();
        return OptionalDouble.of(seconds == 0 ? value.applyAsDouble(known.getFirst()) : area / seconds);
    }

    private static Optional<Reach> reach(List<Sample> samples, double from, double to) {
        List<Sample> window = samples.stream()
                .filter(sample -> sample.seconds() >= from && sample.seconds() <= to)
                .filter(sample -> sample.share().isPresent())
                .toList();
        if (window.isEmpty()) {
            return Optional.empty();
        }
        ToDoubleFunction<Sample> since = sample -> sample.seconds() - from;
        double seconds = window.stream()
                .filter(sample -> sample.share().orElseThrow() >= REACHED)
                .mapToDouble(since)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
        return Optional.of(new Reach(seconds, to - from));
    }
}
