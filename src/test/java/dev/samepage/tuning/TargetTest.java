package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetTest {
    private static final Tuning FIXED = new Tuning.Fixed(1000, 20);
    private static final Tuning ADVISOR = new Tuning.KernelAdvisor(100, 50, 200, 4000);

    private static final Tuning ADAPTIVE = new Tuning.Adaptive(new AdaptiveSettings(70, 67_108_864, 1800, false, 20));

    private final Set<Knob> linux618 = new Ksm(FakeKsm.linux618()).knobs();
    private final Set<Knob> linux61 = new Ksm(FakeKsm.linux61()).knobs();
    private final Set<Knob> rhel99 = new Ksm(FakeKsm.rhel99()).knobs();

    @Test
    void observeWantsNothing() {
        assertThat(Target.of(new Tuning.Observe(), Map.of(), linux618).knobs()).isEmpty();
    }

    @Test
    void stoppedWantsKsmdToStandStill() {
        Target target = Target.of(new Tuning.Stopped(), Map.of(), linux618);

        assertThat(target.knobs()).isEqualTo(Map.of(Knob.RUN, 0L));
        assertThat(target.unmerged()).isFalse();
    }

    @Test
    void unmergedWantsNothingMergedBesides() {
        Target target = Target.of(new Tuning.Unmerged(), Map.of(), linux618);

        assertThat(target.knobs()).isEqualTo(Map.of(Knob.RUN, 0L));
        assertThat(target.unmerged()).isTrue();
    }

    @Test
    void fixedWantsItsRateAndTheAdvisorOff() {
        assertThat(Target.of(FIXED, Map.of(), linux618).knobs())
                .isEqualTo(Map.of(
                        Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 1000L, Knob.SLEEP_MILLISECS, 20L, Knob.ADVISOR_MODE, 0L));
    }

    @Test
    void fixedLosesNothingOnAKernelWithoutTheAdvisor() {
        Target target = Target.of(FIXED, Map.of(), linux61);

        assertThat(target.knobs())
                .isEqualTo(Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 1000L, Knob.SLEEP_MILLISECS, 20L));
        assertThat(target.missing()).isEmpty();
    }

    @Test
    void adaptiveWantsTheAdvisorOffAndLeavesTheRestToWhatHappens() {
        Target target = Target.of(ADAPTIVE, Map.of(Knob.MAX_PAGE_SHARING, 512L), linux618);

        assertThat(target.knobs()).isEqualTo(Map.of(Knob.ADVISOR_MODE, 0L, Knob.MAX_PAGE_SHARING, 512L));
        assertThat(target.missing()).isEmpty();
        assertThat(target.unmerged()).isFalse();
    }

    @Test
    void adaptiveLosesNothingOnAKernelWithoutTheAdvisor() {
        Target target = Target.of(ADAPTIVE, Map.of(), linux61);

        assertThat(target.knobs()).isEmpty();
        assertThat(target.missing()).isEmpty();
    }

    @Test
    void smartScanIsAdaptivesOwnWhateverIsAskedFor() {
        assertThat(Target.of(ADAPTIVE, Map.of(Knob.SMART_SCAN, 0L), linux618).knobs())
                .doesNotContainKey(Knob.SMART_SCAN);
    }

    @Test
    void kernelAdvisorWantsItsAimsAndNoRate() {
        assertThat(Target.of(ADVISOR, Map.of(), linux618).knobs())
                .isEqualTo(Map.of(
                        Knob.RUN, 1L,
                        Knob.ADVISOR_MODE, 1L,
                        Knob.ADVISOR_TARGET_SCAN_TIME, 100L,
                        Knob.ADVISOR_MAX_CPU, 50L,
                        Knob.ADVISOR_MIN_PAGES_TO_SCAN, 200L,
                        Knob.ADVISOR_MAX_PAGES_TO_SCAN, 4000L));
    }

    @Test
    void kernelAdvisorStillScansOnAKernelWithoutIt() {
        Target target = Target.of(ADVISOR, Map.of(), linux61);

        assertThat(target.knobs()).isEqualTo(Map.of(Knob.RUN, 1L));
        assertThat(target.missing())
                .containsExactly(
                        Knob.ADVISOR_MODE,
                        Knob.ADVISOR_MAX_CPU,
                        Knob.ADVISOR_MIN_PAGES_TO_SCAN,
                        Knob.ADVISOR_MAX_PAGES_TO_SCAN,
                        Knob.ADVISOR_TARGET_SCAN_TIME);
    }

    @Test
    void tunablesAreWantedBesideTheModesOwnKnobs() {
        assertThat(Target.of(new Tuning.Stopped(), Map.of(Knob.MAX_PAGE_SHARING, 512L), linux618)
                        .knobs())
                .isEqualTo(Map.of(Knob.RUN, 0L, Knob.MAX_PAGE_SHARING, 512L));
    }

    @Test
    void smartScanIsMissingWhereTheKernelLacksIt() {
        Target target = Target.of(new Tuning.Stopped(), Map.of(Knob.SMART_SCAN, 1L), linux61);

        assertThat(target.missing()).containsExactly(Knob.SMART_SCAN);
        assertThat(target.knobs()).isEqualTo(Map.of(Knob.RUN, 0L));
    }

    @Test
    void nothingIsMissingWhereAKernelWithoutTheKnobBehavesAsAsked() {
        Set<Knob> onlyRun = EnumSet.of(Knob.RUN);
        Map<Knob, Long> tunables = Map.of(
                Knob.SMART_SCAN,
                0L,
                Knob.USE_ZERO_PAGES,
                0L,
                Knob.MERGE_ACROSS_NODES,
                1L,
                Knob.REDHAT_ONLY_ZERO_PAGES,
                0L);

        assertThat(Target.of(new Tuning.Stopped(), tunables, onlyRun).missing()).isEmpty();
    }

    @Test
    void theOppositeOfHowAKernelWithoutTheKnobBehavesIsMissing() {
        Set<Knob> onlyRun = EnumSet.of(Knob.RUN);
        Map<Knob, Long> tunables = Map.of(
                Knob.SMART_SCAN,
                1L,
                Knob.USE_ZERO_PAGES,
                1L,
                Knob.MERGE_ACROSS_NODES,
                0L,
                Knob.MAX_PAGE_SHARING,
                256L,
                Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS,
                2000L);

        assertThat(Target.of(new Tuning.Stopped(), tunables, onlyRun).missing())
                .containsExactly(
                        Knob.MERGE_ACROSS_NODES,
                        Knob.USE_ZERO_PAGES,
                        Knob.MAX_PAGE_SHARING,
                        Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS,
                        Knob.SMART_SCAN);
    }

    @Test
    void onlyZeroPagesIsWantedWhereTheKernelHasIt() {
        Target target = Target.of(FIXED, Map.of(Knob.REDHAT_ONLY_ZERO_PAGES, 1L), rhel99);

        assertThat(target.knobs())
                .containsEntry(Knob.REDHAT_ONLY_ZERO_PAGES, 1L)
                .containsEntry(Knob.RUN, 1L);
        assertThat(target.refusal()).isNull();
    }

    @Test
    void scanningStopsWhereOnlyZeroPagesCannotBeHad() {
        Target target = Target.of(FIXED, Map.of(Knob.REDHAT_ONLY_ZERO_PAGES, 1L, Knob.USE_ZERO_PAGES, 1L), linux618);

        assertThat(target.knobs()).isEqualTo(Map.of(Knob.RUN, 0L));
        assertThat(target.missing()).containsExactly(Knob.REDHAT_ONLY_ZERO_PAGES);
        assertThat(target.refusal())
                .isEqualTo(
                        "zeroPagesOnly: true cannot be had, because this kernel has no redhat_only_zero_pages and would"
                                + " merge everything: nothing is scanned. Remove the tunable, or use a kernel that has it.");
    }

    @Test
    void everythingIsStillUnmergedWhereOnlyZeroPagesCannotBeHad() {
        assertThat(Target.of(new Tuning.Unmerged(), Map.of(Knob.REDHAT_ONLY_ZERO_PAGES, 1L), linux618)
                        .unmerged())
                .isTrue();
    }

    @Test
    void notOnlyZeroPagesIsNoRefusal() {
        Target target = Target.of(FIXED, Map.of(Knob.REDHAT_ONLY_ZERO_PAGES, 0L), linux618);

        assertThat(target.refusal()).isNull();
        assertThat(target.knobs()).containsEntry(Knob.RUN, 1L).doesNotContainKey(Knob.REDHAT_ONLY_ZERO_PAGES);
    }
}
