package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Tuning;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private static final Unmerge UNMERGE = new Unmerge(true, 25);

    @Test
    void noSettingsReleaseTheNode() {
        assertThat(Assignment.of(spec(null)))
                .isEqualTo(new Assignment.Released("hash", OnRemoval.KEEP, new Unmerge(true, 25)));
    }

    @Test
    void observeOnlyLooks() {
        assertThat(covered(new Settings(Mode.OBSERVE, null, null, null, null))).isEqualTo(new Tuning.Observe());
    }

    @Test
    void stoppedStops() {
        assertThat(covered(new Settings(Mode.STOPPED, null, null, null, null))).isEqualTo(new Tuning.Stopped());
    }

    @Test
    void unmergedUnmerges() {
        assertThat(covered(new Settings(Mode.UNMERGED, null, null, null, null))).isEqualTo(new Tuning.Unmerged());
    }

    @Test
    void fixedHasItsRate() {
        assertThat(covered(new Settings(Mode.FIXED, new Fixed(1000, 50), null, null, null)))
                .isEqualTo(new Tuning.Fixed(1000, 50));
    }

    @Test
    void fixedWithoutARateIsNotUnderstood() {
        assertThat(Assignment.of(spec(new Settings(Mode.FIXED, null, null, null, null))))
                .isEqualTo(new Assignment.NotUnderstood("hash"));
    }

    @Test
    void kernelAdvisorHasItsAims() {
        assertThat(covered(new Settings(Mode.KERNEL_ADVISOR, null, new KernelAdvisor(100, 50, 200, 4000), null, null)))
                .isEqualTo(new Tuning.KernelAdvisor(100, 50, 200, 4000));
    }

    @Test
    void kernelAdvisorWithoutAimsHasTheKernelsOwn() {
        assertThat(covered(new Settings(Mode.KERNEL_ADVISOR, null, null, null, null)))
                .isEqualTo(new Tuning.KernelAdvisor(200, 70, 500, 30_000));
    }

    @Test
    void adaptiveHasItsBounds() {
        assertThat(covered(adaptive(new Adaptive(50, "2Mi", 600, Activation.MEMORY_PRESSURE, 30))))
                .isEqualTo(new Tuning.Adaptive(new AdaptiveSettings(50, 2_097_152, 600, true, 30)));
    }

    @Test
    void adaptiveWithoutBoundsHasItsDefaults() {
        assertThat(covered(adaptive(null)))
                .isEqualTo(new Tuning.Adaptive(new AdaptiveSettings(70, 67_108_864, 1800, false, 20)));
    }

    @Test
    void memoryPressureBeginsUnder20PercentUnlessNamed() {
        assertThat(covered(adaptive(new Adaptive(70, "64Mi", 1800, Activation.MEMORY_PRESSURE, null))))
                .isEqualTo(new Tuning.Adaptive(new AdaptiveSettings(70, 67_108_864, 1800, true, 20)));
    }

    @Test
    void anAmountThatOnlyANewerVersionWritesIsNotUnderstood() {
        assertThat(Assignment.of(spec(adaptive(new Adaptive(70, "1Ti", 1800, Activation.ALWAYS, null)))))
                .isEqualTo(new Assignment.NotUnderstood("hash"));
    }

    @Test
    void anUnknownModeIsNotUnderstood() {
        assertThat(Assignment.of(spec(new Settings(null, null, null, null, null))))
                .isEqualTo(new Assignment.NotUnderstood("hash"));
    }

    @Test
    void everyTunableIsItsKnob() {
        assertThat(tunables(new Tunables(false, 512, true, false, true, 5000)))
                .isEqualTo(Map.of(
                        Knob.MERGE_ACROSS_NODES, 0L,
                        Knob.MAX_PAGE_SHARING, 512L,
                        Knob.USE_ZERO_PAGES, 1L,
                        Knob.REDHAT_ONLY_ZERO_PAGES, 0L,
                        Knob.SMART_SCAN, 1L,
                        Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, 5000L));
    }

    @Test
    void absentTunablesAreLeftAlone() {
        assertThat(tunables(Tunables.none())).isEmpty();
        assertThat(tunables(null)).isEmpty();
    }

    @Test
    void carriesHashAndUnmerge() {
        assertThat(Assignment.of(spec(new Settings(Mode.STOPPED, null, null, null, null))))
                .isEqualTo(new Assignment.Covered("hash", new Tuning.Stopped(), Map.of(), new Unmerge(true, 25)));
    }

    @Test
    void everyAssignmentHasItsHash() {
        assertThat(new Assignment.None().hashOrEmpty()).isEmpty();
        assertThat(new Assignment.Covered("a", new Tuning.Stopped(), Map.of(), UNMERGE).hashOrEmpty())
                .isEqualTo("a");
        assertThat(new Assignment.Released("b", OnRemoval.KEEP, UNMERGE).hashOrEmpty())
                .isEqualTo("b");
        assertThat(new Assignment.NotUnderstood("c").hashOrEmpty()).isEqualTo("c");
    }

    private static Settings adaptive(@Nullable Adaptive adaptive) {
        return new Settings(Mode.ADAPTIVE, null, null, adaptive, null);
    }

    private static KsmNodeSpec spec(@Nullable Settings settings) {
        return new KsmNodeSpec(null, settings, UNMERGE, OnRemoval.KEEP, "hash");
    }

    private static Tuning covered(Settings settings) {
        return ((Assignment.Covered) Assignment.of(spec(settings))).tuning();
    }

    private static Map<Knob, Long> tunables(@Nullable Tunables tunables) {
        return ((Assignment.Covered) Assignment.of(spec(new Settings(Mode.STOPPED, null, null, null, tunables))))
                .tunables();
    }
}
