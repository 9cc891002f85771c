package dev.samepage.agent;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects metrics. One without a value is left out. */
final class Exposition {
    private final List<MetricSnapshot> metrics = new ArrayList<>();

    MetricSnapshots snapshots() {
        return new MetricSnapshots(metrics);
    }

    void gauge(String name, String help, @Nullable Number value) {
        if (value != null) {
            metrics.add(family(name, help)
                    .dataPoint(point(Labels.EMPTY, value.doubleValue()))
                    .build());
        }
    }

    /** One series for each value that is there, under its key as {@code label}. */
    void gauges(String name, String help, String label, Map<String, @Nullable Long> values) {
        GaugeSnapshot.Builder family = family(name, help);
        boolean any = false;
        for (Map.Entry<String, @Nullable Long> entry : values.entrySet()) {
            Long value = entry.getValue();
            if (value != null) {
                family.dataPoint(point(Labels.of(label, entry.getKey()), value));
                any = true;
            }
        }
        if (any) {
            metrics.add(family.build());
        }
    }

    /** One series for each of {@code all}: 1 for the one that holds, else 0. */
    void stateSet(String name, String help, String label, List<?> all, @Nullable Object holds) {
        GaugeSnapshot.Builder family = family(name, help);
        for (Object each : all) {
            family.dataPoint(point(Labels.of(label, each.toString()), each.equals(holds) ? 1 : 0));
        }
        metrics.add(family.build());
    }

    /** One series of value 1 that says something by its label. {@code _info} is added to the name. */
    void info(String name, String help, String label, String value) {
        metrics.add(InfoSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of(label, value))
                        .build())
                .build());
    }

    /** {@code _total} is added to the name. */
    void counter(String name, String help, @Nullable Number value) {
        if (value != null) {
            metrics.add(CounterSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                            .value(value.doubleValue())
                            .build())
                    .build());
        }
    }

    private static GaugeSnapshot.Builder family(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
