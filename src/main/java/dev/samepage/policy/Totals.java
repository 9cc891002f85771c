package dev.samepage.policy;

import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What several nodes report, in sum: counters and memory are added, ksmd's CPU is the mean, verdicts are counted. What no node
 * reports is absent.
 */
record Totals(
        @Nullable KsmCounters counters,
        @Nullable MemoryStatus memory,
        @Nullable KsmdStatus ksmd,
        Map<String, Integer> verdicts) {

    static Totals of(List<KsmNodeStatus> reports) {
        return new Totals(counters(reports), memory(reports), ksmd(reports), verdicts(reports));
    }

    private static @Nullable KsmCounters counters(List<KsmNodeStatus> reports) {
        List<KsmCounters> each = present(reports, KsmNodeStatus::counters).toList();
        return each.isEmpty()
                ? null
                : new KsmCounters(
                        sum(each, KsmCounters::pagesShared),
                        sum(each, KsmCounters::pagesSharing),
                        sum(each, KsmCounters::pagesUnshared),
                        sum(each, KsmCounters::pagesVolatile),
                        sum(each, KsmCounters::zeroPages),
                        sum(each, KsmCounters::pagesScanned),
                        sum(each, KsmCounters::pagesSkipped),
                        sum(each, KsmCounters::fullScans),
                        sum(each, KsmCounters::stableNodeChains),
                        sum(each, KsmCounters::stableNodeDups));
    }

    private static @Nullable MemoryStatus memory(List<KsmNodeStatus> reports) {
        List<MemoryStatus> each = present(reports, KsmNodeStatus::memory).toList();
        Long saved = sum(each, MemoryStatus::savedBytes);
        Long profit = sum(each, MemoryStatus::profitBytes);
        return saved == null || profit == null ? null : MemoryStatus.of(saved, profit, null, null);
    }

    private static @Nullable KsmdStatus ksmd(List<KsmNodeStatus> reports) {
        OptionalDouble mean = present(present(reports, KsmNodeStatus::ksmd).toList(), KsmdStatus::cpuPercent)
                .filter(text -> text.matches("[0-9]+([.][0-9]+)?"))
                .mapToDouble(Double::parseDouble)
                .average();
        return mean.isEmpty() ? null : new KsmdStatus(String.format(Locale.ROOT, "%.1f", mean.getAsDouble()));
    }

    private static Map<String, Integer> verdicts(List<KsmNodeStatus> reports) {
        return present(reports, KsmNodeStatus::verdict)
                .collect(Collectors.toMap(Verdict::toString, verdict -> 1, Integer::sum));
    }

    private static <T> @Nullable Long sum(List<T> each, Function<T, @Nullable Long> field) {
        return present(each, field).reduce(Long::sum).orElse(null);
    }

    private static <T, R> Stream<R> present(List<T> each, Function<T, @Nullable R> field) {
        return each.stream().flatMap(one -> Stream.ofNullable(field.apply(one)));
    }
}
