package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.Drift.Change;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KnownWriter;
import dev.samepage.kernel.Suspect;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RivalTest {
    private static final Instant UNTIL = Instant.parse("2026-03-01T15:04:59Z");
    private static final Drift STOPPED = new Drift(Map.of(Knob.RUN, new Change(1, 0)));

    private static Rival rival(Drift drift, KnownWriter writer) {
        return new Rival(drift, new Suspect(writer, 812), UNTIL);
    }

    @Test
    void saysWhatWasChangedByWhomAndWhatFollows() {
        assertThat(rival(STOPPED, KnownWriter.KSMTUNED).message())
                .isEqualTo("Somebody else keeps changing KSM here (run 1 -> 0): ksmtuned (pid 812) runs on this host."
                        + " Stop one of the two. Nothing is written until 15:04 UTC.");
    }

    @Test
    void saysSoWhereItMayBeAnybody() {
        assertThat(new Rival(STOPPED, null, UNTIL).message())
                .isEqualTo(
                        "Somebody else keeps changing KSM here (run 1 -> 0): none of the known programs, as far as can be seen."
                                + " Stop one of the two. Nothing is written until 15:04 UTC.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KSMTUNED | ksmtuned (pid 812) runs on this host",
                "MOMD | momd (pid 812) runs on this host",
                "VCMMD | vcmmd (pid 812) runs on this host",
                "HARVESTER_NODE_MANAGER | harvester-node-manager (pid 812) runs on this host",
                "VIRT_HANDLER | likely virt-handler (pid 812), by KubeVirt's ksmConfiguration",
                "TUNED | likely tuned (pid 812), by a profile that turns KSM off"
            })
    void saysWhatSpeaksForIt(KnownWriter writer, String who) {
        assertThat(rival(STOPPED, writer).who()).isEqualTo(who);
    }

    @ParameterizedTest
    @CsvSource({
        "KSMTUNED, Ksmtuned",
        "MOMD, Momd",
        "VCMMD, Vcmmd",
        "HARVESTER_NODE_MANAGER, HarvesterNodeManager",
        "VIRT_HANDLER, VirtHandler",
        "TUNED, Tuned"
    })
    void hasAWordForIt(KnownWriter writer, String word) {
        assertThat(rival(STOPPED, writer).reason()).isEqualTo(word);
    }

    @Test
    void hasAWordForNobodyKnown() {
        assertThat(new Rival(STOPPED, null, UNTIL).reason()).isEqualTo("UnknownWriter");
    }

    @ParameterizedTest
    @EnumSource
    void fitsIntoAStatusWithTheUsualKnobs(KnownWriter writer) {
        Drift rate = new Drift(Map.of(
                Knob.RUN, new Change(1, 0),
                Knob.PAGES_TO_SCAN, new Change(20_000, 1250),
                Knob.SLEEP_MILLISECS, new Change(20, 10)));

        assertThat(new Rival(rate, new Suspect(writer, 4_194_304), UNTIL).message())
                .hasSizeLessThanOrEqualTo(StatusReport.MAX_MESSAGE);
    }
}
