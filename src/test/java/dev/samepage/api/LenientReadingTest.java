package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a newer version may have stored: none of it may keep this one from reading the object. */
class LenientReadingTest {
    private static <T> T read(String yaml, Class<T> type) {
        return new KubernetesSerialization().unmarshal("--- " + yaml, type);
    }

    @Test
    void anUnknownModeIsRead() {
        KsmPolicySpec spec = read("{nodeSelector: {}, mode: Clairvoyant}", KsmPolicySpec.class);

        assertThat(spec.mode()).isNull();
        assertThat(spec.onRemoval()).isEqualTo(OnRemoval.RESTORE);
    }

    @Test
    void anUnknownFieldIsRead() {
        KsmPolicySpec spec = read(
                "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 7, warp: 9}, clairvoyant: {maxCpuPercent: 70}}",
                KsmPolicySpec.class);

        assertThat(spec.fixed()).isEqualTo(new Fixed(7, 20));
    }

    @Test
    void anUnknownActivationIsAlways() {
        assertThat(read("{activation: Fridays}", Adaptive.class).activation()).isEqualTo(Activation.ALWAYS);
    }

    @Test
    void anUnknownOnRemovalRestores() {
        assertThat(read("{nodeSelector: {}, mode: Stopped, onRemoval: Explode}", KsmPolicySpec.class)
                        .onRemoval())
                .isEqualTo(OnRemoval.RESTORE);
        assertThat(read("{onRemoval: Explode}", KsmNodeSpec.class).onRemoval()).isEqualTo(OnRemoval.RESTORE);
    }

    @Test
    void anUnknownOperatorMatchesNoNode() {
        NodeSelector selector =
                read("{matchExpressions: [{key: cores, operator: Gt, values: ['8']}]}", NodeSelector.class);

        assertThat(selector.matches(Map.of("cores", "9"))).isFalse();
    }

    @Test
    void anUnknownModeOfANodeIsRead() {
        assertThat(read("{settings: {mode: Clairvoyant}}", KsmNodeSpec.class))
                .isEqualTo(new KsmNodeSpec(
                        null, new Settings(null, null, null, null, null), Unmerge.refused(), OnRemoval.RESTORE, ""));
    }

    @Test
    void anUnknownStatePhaseAndVerdictAreRead() {
        KsmNodeStatus status = read(
                "{state: Levitating, verdict: Splendid, phase: Leap, lap: {percent: 7, pages: 9}}",
                KsmNodeStatus.class);

        assertThat(status.state()).isNull();
        assertThat(status.verdict()).isNull();
        assertThat(status.phase()).isNull();
        assertThat(status.lap()).isEqualTo(new LapStatus(7));
    }

    @Test
    void theStatusThatTheSchemaGivesIsNoReport() {
        assertThat(read("{status: {observedGeneration: -1}}", KsmPolicy.class).getStatus())
                .isNull();
        assertThat(read("{status: {observedGeneration: -1}}", KsmNode.class).getStatus())
                .isNull();
        assertThat(read("{status: {observedGeneration: 1}}", KsmNode.class).getStatus())
                .isNotNull();
    }
}
