package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.StatusReport.Measured;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostProc;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMetricsTest {
    private static final Pattern SERIES = Pattern.compile("([a-z_]+)(\\{[a-z]+=\"[A-Za-z]+\"})? (-?[0-9.]+(E[0-9]+)?)");

    @TempDir
    private Path emptyProc;

    @Test
    void thereIsNothingBeforeTheFirstRoundWhereKsmdIsNotSeen() throws IOException {
        assertThat(text(null)).isEmpty();
    }

    @Test
    void everyLineIsHelpTypeOrASeries() throws IOException {
        for (String line : text(status(Samples.largest())).lines().toList()) {
            assertThat(line).matches("# HELP .*\\.|# TYPE [a-z_]+ (counter|gauge)|" + SERIES.pattern());
        }
    }

    @Test
    void everySeriesHasHelpAndType() throws IOException {
        String text = text(status(Samples.largest()));

        for (String series : series(text).keySet()) {
            String name = series.replaceFirst("\\{.*", "");
            assertThat(text).contains("# HELP " + name + " ").contains("# TYPE " + name + " ");
        }
    }

    @Test
    void exactlyTheCountersEndInTotal() throws IOException {
        for (String line : text(status(Samples.largest())).lines().toList()) {
            if (line.startsWith("# TYPE")) {
                assertThat(line.contains("_total ")).as(line).isEqualTo(line.endsWith(" counter"));
            }
        }
    }

    @Test
    void showsEveryFigureOfTheStatus() throws IOException {
        Sample sample = Samples.of(
                Map.of(),
                Map.ofEntries(
                        Map.entry(Counter.PAGES_SHARED, 1L),
                        Map.entry(Counter.PAGES_SHARING, 2L),
                        Map.entry(Counter.PAGES_UNSHARED, 3L),
                        Map.entry(Counter.PAGES_VOLATILE, 4L),
                        Map.entry(Counter.KSM_ZERO_PAGES, 5L),
                        Map.entry(Counter.PAGES_SCANNED, 6L),
                        Map.entry(Counter.PAGES_SKIPPED, 7L),
                        Map.entry(Counter.FULL_SCANS, 8L),
                        Map.entry(Counter.STABLE_NODE_CHAINS, 9L),
                        Map.entry(Counter.STABLE_NODE_DUPS, 10L),
                        Map.entry(Counter.GENERAL_PROFIT, -11L)),
                List.of(new Guest(1, "default_vm1", 5)));

        assertThat(series(text(status(sample))))
                .isEqualTo(Map.ofEntries(
                        Map.entry("samepage_saved_bytes", "28672.0"),
                        Map.entry("samepage_profit_bytes", "-11.0"),
                        Map.entry("samepage_memory_bytes", "1.7179869184E10"),
                        Map.entry("samepage_memory_available_bytes", "4.294967296E9"),
                        Map.entry("samepage_pages_shared", "1.0"),
                        Map.entry("samepage_pages_sharing", "2.0"),
                        Map.entry("samepage_pages_unshared", "3.0"),
                        Map.entry("samepage_pages_volatile", "4.0"),
                        Map.entry("samepage_zero_pages", "5.0"),
                        Map.entry("samepage_pages_scanned_total", "6.0"),
                        Map.entry("samepage_pages_skipped_total", "7.0"),
                        Map.entry("samepage_full_scans_total", "8.0"),
                        Map.entry("samepage_stable_node_chains", "9.0"),
                        Map.entry("samepage_stable_node_dups", "10.0"),
                        Map.entry("samepage_guests", "1.0"),
                        Map.entry("samepage_state{state=\"Observing\"}", "0.0"),
                        Map.entry("samepage_state{state=\"Applying\"}", "0.0"),
                        Map.entry("samepage_state{state=\"Applied\"}", "1.0"),
                        Map.entry("samepage_state{state=\"Failed\"}", "0.0"),
                        Map.entry("samepage_state{state=\"Restored\"}", "0.0"),
                        Map.entry("samepage_verdict{verdict=\"Effective\"}", "0.0"),
                        Map.entry("samepage_verdict{verdict=\"Marginal\"}", "0.0"),
                        Map.entry("samepage_verdict{verdict=\"Wasteful\"}", "1.0"),
                        Map.entry("samepage_verdict{verdict=\"Pending\"}", "0.0"),
                        Map.entry("samepage_verdict{verdict=\"Idle\"}", "0.0")));
    }

    @Test
    void whatTheKernelLacksIsLeftOut() throws IOException {
        Sample sample = Samples.of(Map.of(), Map.of(Counter.PAGES_SHARED, 1L), List.of());

        assertThat(series(text(status(sample))))
                .containsKey("samepage_pages_shared")
                .doesNotContainKeys("samepage_zero_pages", "samepage_pages_scanned_total");
    }

    private static KsmNodeStatus status(Sample sample) {
        return new StatusReport(new Kernel("6.18.0", "boot", 4096))
                .of(
                        new Standing("h", State.APPLIED, "m", Optional.empty()),
                        Optional.of(new Measured(sample, OptionalDouble.empty(), Verdict.WASTEFUL)),
                        Samples.NOON,
                        1L,
                        null);
    }

    private String text(@Nullable KsmNodeStatus status) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, new NodeMetrics(new HostProc(emptyProc)).of(status));
        return text.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, String> series(String text) {
        Map<String, String> series = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = SERIES.matcher(line);
            if (matcher.matches()) {
                series.put(matcher.group(1) + (matcher.group(2) == null ? "" : matcher.group(2)), matcher.group(3));
            }
        }
        return series;
    }
}
