package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.Activity.Aim;
import dev.samepage.agent.StatusReport.Measured;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Phase;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMetricsTest {
    private static final Pattern SERIES =
            Pattern.compile("([a-z_]+)(\\{[a-z]+=\"[A-Za-z0-9_.-]*\"})? (-?[0-9.]+(E[0-9]+)?)");

    @TempDir
    private Path proc;

    private final Activity activity = new Activity();

    @BeforeEach
    void startKsmd() {
        FakeProc files = new FakeProc(proc);
        files.kernelThreads();
        files.file("37/schedstat", "1500000000 0 0\n");
        files.file("vmstat", "cow_ksm 12\n");
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

        assertThat(of("samepage_node_", text(status(sample))))
                .isEqualTo(Map.ofEntries(
                        Map.entry("samepage_node_ksmd_cpu_seconds_total", "1.5"),
                        Map.entry("samepage_node_pages_copied_total", "12.0"),
                        Map.entry("samepage_node_saved_bytes", "28672.0"),
                        Map.entry("samepage_node_profit_bytes", "-11.0"),
                        Map.entry("samepage_node_memory_bytes", "1.7179869184E10"),
                        Map.entry("samepage_node_memory_available_bytes", "4.294967296E9"),
                        Map.entry("samepage_node_pages{kind=\"shared\"}", "1.0"),
                        Map.entry("samepage_node_pages{kind=\"sharing\"}", "2.0"),
                        Map.entry("samepage_node_pages{kind=\"unshared\"}", "3.0"),
                        Map.entry("samepage_node_pages{kind=\"volatile\"}", "4.0"),
                        Map.entry("samepage_node_pages{kind=\"zero\"}", "5.0"),
                        Map.entry("samepage_node_pages_scanned_total", "6.0"),
                        Map.entry("samepage_node_pages_skipped_total", "7.0"),
                        Map.entry("samepage_node_laps_total", "8.0"),
                        Map.entry("samepage_node_stable_node_chains", "9.0"),
                        Map.entry("samepage_node_stable_node_dups", "10.0"),
                        Map.entry("samepage_node_guests", "1.0"),
                        Map.entry("samepage_node_degraded", "1.0"),
                        Map.entry("samepage_node_kernel_info{release=\"6.18.0\"}", "1"),
                        Map.entry("samepage_node_state{state=\"Observing\"}", "0.0"),
                        Map.entry("samepage_node_state{state=\"Applying\"}", "0.0"),
                        Map.entry("samepage_node_state{state=\"Applied\"}", "1.0"),
                        Map.entry("samepage_node_state{state=\"Failed\"}", "0.0"),
                        Map.entry("samepage_node_state{state=\"Contended\"}", "0.0"),
                        Map.entry("samepage_node_state{state=\"Restored\"}", "0.0"),
                        Map.entry("samepage_node_phase{phase=\"Boost\"}", "0.0"),
                        Map.entry("samepage_node_phase{phase=\"Track\"}", "0.0"),
                        Map.entry("samepage_node_phase{phase=\"Rest\"}", "1.0"),
                        Map.entry("samepage_node_verdict{verdict=\"Effective\"}", "0.0"),
                        Map.entry("samepage_node_verdict{verdict=\"Marginal\"}", "0.0"),
                        Map.entry("samepage_node_verdict{verdict=\"Wasteful\"}", "1.0"),
                        Map.entry("samepage_node_verdict{verdict=\"Pending\"}", "0.0"),
                        Map.entry("samepage_node_verdict{verdict=\"Idle\"}", "0.0")));
    }

    @Test
    void showsSettingsBesideWhatTheyAreToBe() throws IOException {
        Sample sample = Samples.of(Map.of(Knob.PAGES_TO_SCAN, 100L, Knob.ADVISOR_MODE, 1L), Map.of(), List.of());
        activity.aimsAt(new Aim("fixed", Map.of(Knob.PAGES_TO_SCAN, 1000L, Knob.ADVISOR_MODE, 0L), false));

        assertThat(of("samepage_node_setting", text(status(sample))))
                .isEqualTo(Map.of(
                        "samepage_node_setting{setting=\"pages_to_scan\"}", "100.0",
                        "samepage_node_setting{setting=\"advisor_mode\"}", "1.0",
                        "samepage_node_setting_wanted{setting=\"pages_to_scan\"}", "1000.0",
                        "samepage_node_setting_wanted{setting=\"advisor_mode\"}", "0.0"));
    }

    @Test
    void namesThePolicyAndWhetherAnUnmergeIsRefused() throws IOException {
        activity.aimsAt(new Aim("fixed", Map.of(), true));

        assertThat(series(text(status(Samples.largest()))))
                .containsEntry("samepage_node_policy_info{policy=\"fixed\"}", "1")
                .containsEntry("samepage_node_unmerge_refused", "1.0");
    }

    /** It may come from a file that somebody has altered. */
    @Test
    void aPolicysNameIsOneShortLine() throws IOException {
        activity.aimsAt(new Aim("a\n\u001b[2J\"} 1\n" + "x".repeat(10_000), Map.of(), true));

        assertThat(text(status(Samples.largest())))
                .contains("\nsamepage_node_policy_info{policy=\"a [2J\\\"} 1 " + "x".repeat(490) + "\"} 1\n");
    }

    @Test
    void whatTheKernelLacksIsLeftOut() throws IOException {
        Sample sample = Samples.of(Map.of(), Map.of(Counter.PAGES_SHARED, 1L), List.of());

        assertThat(series(text(status(sample))))
                .containsKey("samepage_node_pages{kind=\"shared\"}")
                .doesNotContainKeys("samepage_node_pages{kind=\"zero\"}", "samepage_node_pages_scanned_total");
    }

    @Test
    void countsWhatTheAgentDoesFromZero() throws IOException {
        activity.count(Deed.WRITE_REFUSED, 3);
        activity.roundTook(Duration.ofMillis(250));

        assertThat(of("samepage_agent_", text(null)))
                .isEqualTo(Map.ofEntries(
                        Map.entry("samepage_agent_build_info{version=\"1.2.3\"}", "1"),
                        Map.entry("samepage_agent_rounds_total", "1.0"),
                        Map.entry("samepage_agent_rounds_failed_total", "0.0"),
                        Map.entry("samepage_agent_attempts_total", "0.0"),
                        Map.entry("samepage_agent_writes_total", "0.0"),
                        Map.entry("samepage_agent_writes_refused_total", "3.0"),
                        Map.entry("samepage_agent_settings_put_back_total", "0.0"),
                        Map.entry("samepage_agent_foreign_changes_total", "0.0"),
                        Map.entry("samepage_agent_unmerges_total", "0.0"),
                        Map.entry("samepage_agent_unmerges_failed_total", "0.0"),
                        Map.entry("samepage_agent_journal_problems_total", "0.0"),
                        Map.entry("samepage_agent_reports_total", "0.0"),
                        Map.entry("samepage_agent_reports_failed_total", "0.0"),
                        Map.entry("samepage_agent_round_duration_seconds", "0.25")));
    }

    @Test
    void saysWhenTheLastRoundWas() throws IOException {
        assertThat(series(text(status(Samples.largest()))))
                .containsEntry("samepage_agent_last_round_timestamp_seconds", "1.7723664E9");
    }

    @Test
    void showsWhatTheAgentItselfTakes() throws IOException {
        assertThat(of("process_", text(null)))
                .containsOnlyKeys(
                        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds");
    }

    /** Thousands of nodes are scraped: a series more is thousands more. */
    @Test
    void thereAreAtMost85SeriesOfANode() throws IOException {
        activity.aimsAt(new Aim("fixed", Samples.largest().knobs(), false));
        activity.roundTook(Duration.ofMillis(1));

        assertThat(series(text(status(Samples.largest())))).hasSizeLessThanOrEqualTo(85);
    }

    private static KsmNodeStatus status(Sample sample) {
        return new StatusReport(new Kernel("6.18.0", "boot", 4096))
                .of(
                        new Standing("h", State.APPLIED, "m", "This kernel has no smart_scan."),
                        new Measured(sample, null, Verdict.WASTEFUL, new Progress(Phase.REST, "r", null)),
                        Samples.NOON,
                        1L,
                        null);
    }

    private String text(@Nullable KsmNodeStatus status) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create()
                .write(text, new NodeMetrics(new HostProc(proc), Path.of("/proc"), activity, "1.2.3").of(status));
        return text.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, String> of(String prefix, String text) {
        Map<String, String> series = series(text);
        series.keySet().removeIf(name -> !name.startsWith(prefix));
        return series;
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
