package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class LocalControlPlaneTest {
    @Test
    void aLineSaysWhatAdaptiveDoesAndWhy() {
        assertThat(line("{state: Applied, message: All is well., phase: Boost, phaseReason: 80 MiB are new}"))
                .isEqualTo(
                        "Applied   Boost saved -        profit -        ksmd -      guests 0   -         All is well. "
                                + "Boost: 80 MiB are new");
    }

    @Test
    void aLineOfAnotherModeHasNoPhase() {
        assertThat(line("{state: Applied, message: All is well.}"))
                .isEqualTo("Applied   saved -        profit -        ksmd -      guests 0   -         All is well.");
    }

    private static String line(String status) {
        return LocalControlPlane.line(new KubernetesSerialization().unmarshal("--- " + status, KsmNodeStatus.class));
    }
}
