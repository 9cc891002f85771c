package dev.samepage.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.Verdict;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TotalsTest {

    @Test
    void countersAreAddedAndWhatNoNodeHasIsAbsent() {
        var old = new KsmCounters(1L, 10L, 100L, 1000L, null, null, null, 7L, 0L, 0L);
        var recent = new KsmCounters(2L, 20L, 200L, 2000L, 5L, 50L, null, 8L, 0L, 1L);

        assertThat(Totals.of(List.of(report(old, null, null, null), report(recent, null, null, null)))
                        .counters())
                .isEqualTo(new KsmCounters(3L, 30L, 300L, 3000L, 5L, 50L, null, 15L, 0L, 1L));
    }

    @Test
    void memoryIsAdded() {
        var gain = MemoryStatus.of(3 * 1024 * 1024, 2 * 1024 * 1024, 1L, 1L);
        var loss = MemoryStatus.of(0, -512 * 1024, 1L, 1L);

        assertThat(Totals.of(List.of(report(null, gain, null, null), report(null, loss, null, null)))
                        .memory())
                .isEqualTo(new MemoryStatus("3Mi", 3_145_728L, "1Mi", 1_572_864L, null, null));
    }

    @Test
    void ksmdIsTheMeanOfTheNodesThatSaySomethingOfIt() {
        assertThat(Totals.of(List.of(
                                report(null, null, "0.4", null),
                                report(null, null, "71", null),
                                report(null, null, "unknown", null),
                                report(null, null, null, null)))
                        .ksmd())
                .isEqualTo(new KsmdStatus("35.7"));
    }

    @Test
    void verdictsAreCounted() {
        assertThat(Totals.of(List.of(
                                report(null, null, null, Verdict.EFFECTIVE),
                                report(null, null, null, Verdict.WASTEFUL),
                                report(null, null, null, Verdict.EFFECTIVE),
                                report(null, null, null, null)))
                        .verdicts())
                .isEqualTo(Map.of("Effective", 2, "Wasteful", 1));
    }

    @Test
    void withoutReportsThereIsNothing() {
        assertThat(Totals.of(List.of())).isEqualTo(new Totals(null, null, null, Map.of()));
    }

    private static KsmNodeStatus report(
            @Nullable KsmCounters counters,
            @Nullable MemoryStatus memory,
            @Nullable String cpuPercent,
            @Nullable Verdict verdict) {
        return new KsmNodeStatus(
                1L,
                null,
                null,
                null,
                null,
                Map.of(),
                counters,
                memory,
                cpuPercent == null ? null : new KsmdStatus(cpuPercent),
                null,
                null,
                null,
                verdict,
                null,
                null,
                List.of());
    }

    @Test
    void memoryIsAbsentWhereNoNodeSaysBoth() {
        assertThat(Totals.of(List.of(report(null, read("savedBytes: 1048576"), null, null)))
                        .memory())
                .isNull();
        assertThat(Totals.of(List.of(report(null, read("profitBytes: 1048576"), null, null)))
                        .memory())
                .isNull();
    }

    /** As the API server may have it from another version. */
    private static MemoryStatus read(String yaml) {
        return new KubernetesSerialization().unmarshal(yaml, MemoryStatus.class);
    }
}
