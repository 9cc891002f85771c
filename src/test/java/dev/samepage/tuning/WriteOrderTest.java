package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WriteOrderTest {
    private static final Tuning FIXED = new Tuning.Fixed(1000, 50);
    private static final Tuning ADVISOR = new Tuning.KernelAdvisor(100, 50, 200, 4000);

    private final FakeKsm linux618 = FakeKsm.linux618();

    @Test
    void nothingIsWrittenForObserve() {
        assertThat(reach(new Tuning.Observe(), linux618)).isEmpty();
    }

    @Test
    void nothingIsWrittenWhereNothingDiffers() {
        reach(FIXED, linux618);

        assertThat(reach(FIXED, linux618)).isEmpty();
    }

    @Test
    void nothingIsWrittenForStoppedWhereKsmdStandsStill() {
        assertThat(reach(new Tuning.Stopped(), linux618)).isEmpty();
    }

    @Test
    void stoppedStopsKsmd() {
        assertThat(reach(new Tuning.Stopped(), linux618.with(Knob.RUN, 1))).containsExactly("run=0");
    }

    @Test
    void whatUnmergingLeftInRunBecomesZero() {
        assertThat(reach(new Tuning.Unmerged(), linux618.with(Knob.RUN, 2))).containsExactly("run=0");
    }

    @Test
    void stopsKsmdBeforeAnyOtherWrite() {
        linux618.with(Knob.RUN, 1);

        assertThat(reach(new Tuning.Stopped(), Map.of(Knob.SMART_SCAN, 0L), linux618))
                .containsExactly("run=0", "smart_scan=0");
    }

    @Test
    void startsKsmdLast() {
        assertThat(reach(FIXED, linux618)).containsExactly("sleep_millisecs=50", "pages_to_scan=1000", "run=1");
    }

    @Test
    void leavesKsmdRunningWhereItRuns() {
        assertThat(reach(FIXED, linux618.with(Knob.RUN, 1)))
                .containsExactly("sleep_millisecs=50", "pages_to_scan=1000");
    }

    @Test
    void fixedTakesNoMoreOnAKernelWithoutTheAdvisor() {
        assertThat(reach(FIXED, FakeKsm.linux61()))
                .containsExactly("sleep_millisecs=50", "pages_to_scan=1000", "run=1");
    }

    @Test
    void turnsTheAdvisorOffBeforePagesToScan() {
        linux618.with(Knob.ADVISOR_MODE, 1).with(Knob.PAGES_TO_SCAN, 500);

        assertThat(reach(FIXED, linux618))
                .containsExactly("sleep_millisecs=50", "advisor_mode=none", "pages_to_scan=1000", "run=1");
    }

    @Test
    void writesPagesToScanAgainAfterTheAdvisorResetIt() {
        linux618.with(Knob.ADVISOR_MODE, 1).with(Knob.PAGES_TO_SCAN, 1000).with(Knob.SLEEP_MILLISECS, 50);

        assertThat(reach(FIXED, linux618)).containsExactly("advisor_mode=none", "pages_to_scan=1000", "run=1");
    }

    @Test
    void givesTheAdvisorItsAimsBeforeItIsTurnedOn() {
        assertThat(reach(ADVISOR, linux618))
                .containsExactly(
                        "advisor_target_scan_time=100",
                        "advisor_max_cpu=50",
                        "advisor_min_pages_to_scan=200",
                        "advisor_max_pages_to_scan=4000",
                        "advisor_mode=scan-time",
                        "run=1");
    }

    @Test
    void turnsTheAdvisorOnWhereKsmdNeverSlept() {
        linux618.with(Knob.SLEEP_MILLISECS, 0);

        assertThat(reach(ADVISOR, linux618)).contains("advisor_mode=scan-time").endsWith("run=1");
    }

    @Test
    void asksNothingOfAnAdvisorThatTheKernelLacks() {
        assertThat(reach(ADVISOR, FakeKsm.linux61())).containsExactly("run=1");
    }

    @Test
    void onlyZeroPagesIsSetBeforeKsmdStarts() {
        assertThat(reach(FIXED, Map.of(Knob.REDHAT_ONLY_ZERO_PAGES, 1L), FakeKsm.rhel99()))
                .containsExactly("redhat_only_zero_pages=1", "sleep_millisecs=50", "pages_to_scan=1000", "run=1");
    }

    @Test
    void tunablesComeBeforeTheRate() {
        Map<Knob, Long> tunables = Map.of(
                Knob.MERGE_ACROSS_NODES,
                0L,
                Knob.MAX_PAGE_SHARING,
                512L,
                Knob.USE_ZERO_PAGES,
                1L,
                Knob.SMART_SCAN,
                0L,
                Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS,
                5000L);

        assertThat(reach(FIXED, tunables, linux618))
                .containsExactly(
                        "merge_across_nodes=0",
                        "max_page_sharing=512",
                        "use_zero_pages=1",
                        "smart_scan=0",
                        "stable_node_chains_prune_millisecs=5000",
                        "sleep_millisecs=50",
                        "pages_to_scan=1000",
                        "run=1");
    }

    @Test
    void sleepsBeforeThereIsNothingToScan() {
        linux618.with(Knob.SLEEP_MILLISECS, 0);

        assertThat(restore(Map.of(Knob.PAGES_TO_SCAN, 0L, Knob.SLEEP_MILLISECS, 20L), linux618))
                .containsExactly("sleep_millisecs=20", "pages_to_scan=0");
    }

    @Test
    void hasSomethingToScanBeforeItDoesNotSleep() {
        linux618.with(Knob.PAGES_TO_SCAN, 0);

        assertThat(reach(new Tuning.Fixed(1000, 0), linux618))
                .containsExactly("pages_to_scan=1000", "sleep_millisecs=0", "run=1");
    }

    @Test
    void sleepsBeforeTheAdvisorBeginsWithNothingToScan() {
        linux618.with(Knob.SLEEP_MILLISECS, 0);

        assertThat(restore(
                        Map.of(
                                Knob.ADVISOR_MODE, 1L,
                                Knob.ADVISOR_MIN_PAGES_TO_SCAN, 0L,
                                Knob.SLEEP_MILLISECS, 20L),
                        linux618))
                .containsExactly("sleep_millisecs=20", "advisor_min_pages_to_scan=0", "advisor_mode=scan-time");
    }

    @Test
    void ksmdStandsStillWhileItsSettingsArePutBack() {
        linux618.with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 1000);

        assertThat(restore(Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 100L), linux618))
                .containsExactly("run=0", "pages_to_scan=100", "run=1");
    }

    @Test
    void ksmdRunsOnWhereNothingIsToBePutBack() {
        linux618.with(Knob.RUN, 1);

        assertThat(restore(Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 100L), linux618))
                .isEmpty();
    }

    @Test
    void ksmdIsStartedLastWhereItWasFoundRunning() {
        linux618.with(Knob.PAGES_TO_SCAN, 1000);

        assertThat(restore(Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 100L), linux618))
                .containsExactly("pages_to_scan=100", "run=1");
    }

    @Test
    void ksmdStaysStoppedWhereItWasFoundStopped() {
        linux618.with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 1000);

        assertThat(restore(Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L), linux618))
                .containsExactly("run=0", "pages_to_scan=100");
    }

    @Test
    void ksmdStartsAgainAfterAnUnmerge() {
        linux618.with(Knob.RUN, 2);

        assertThat(restore(Map.of(Knob.RUN, 1L), linux618)).containsExactly("run=1");
    }

    @Test
    void aKsmdWhoseFindingWasLostRunsOn() {
        linux618.with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 1000);

        assertThat(restore(Map.of(Knob.PAGES_TO_SCAN, 100L), linux618))
                .containsExactly("run=0", "pages_to_scan=100", "run=1");
    }

    @Test
    void restoresTheAdvisorBeforePagesToScan() {
        linux618.with(Knob.ADVISOR_MODE, 1);

        assertThat(restore(Map.of(Knob.ADVISOR_MODE, 0L, Knob.PAGES_TO_SCAN, 100L), linux618))
                .containsExactly("advisor_mode=none", "pages_to_scan=100");
    }

    @Test
    void leavesPagesToScanToAnAdvisorThatIsPutBack() {
        assertThat(restore(Map.of(Knob.ADVISOR_MODE, 1L, Knob.PAGES_TO_SCAN, 77L), linux618))
                .containsExactly("advisor_mode=scan-time");
    }

    @Test
    void aKnobThatTheKernelLacksIsNotWritten() {
        assertThat(restore(Map.of(Knob.SMART_SCAN, 1L, Knob.PAGES_TO_SCAN, 50L), FakeKsm.linux61()))
                .containsExactly("pages_to_scan=50");
    }

    private static List<String> reach(Tuning tuning, FakeKsm kernel) {
        return reach(tuning, Map.of(), kernel);
    }

    private static List<String> reach(Tuning tuning, Map<Knob, Long> tunables, FakeKsm kernel) {
        Replay replay = new Replay(kernel);
        Map<Knob, Long> found = replay.knobs();
        Target target = Target.of(tuning, tunables, found.keySet());
        return replay.run(WriteOrder.toReach(target.knobs(), found));
    }

    private static List<String> restore(Map<Knob, Long> originals, FakeKsm kernel) {
        Replay replay = new Replay(kernel);
        return replay.run(WriteOrder.toRestore(originals, replay.knobs()));
    }
}
