package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNode;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FirstReportsTest {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final FirstReports reports = new FirstReports(((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @Test
    void aNodeThatNeverReportedIsWaitedFor15Seconds() {
        assertThat(reports.left(ksmNode("1"))).isEqualTo(Duration.ofSeconds(15));
        now = now.plusSeconds(10);
        assertThat(reports.left(ksmNode("1"))).isEqualTo(Duration.ofSeconds(5));
        now = now.plusSeconds(5);
        assertThat(reports.left(ksmNode("1"))).isZero();
        now = now.plusSeconds(500);
        assertThat(reports.left(ksmNode("1"))).isNegative();
    }

    @Test
    void eachNodeIsWaitedForByItself() {
        reports.left(ksmNode("1"));
        now = now.plusSeconds(10);

        assertThat(reports.left(ksmNode("2"))).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void whatIsGoneForLongIsForgotten() {
        reports.left(ksmNode("1"));
        now = now.plusSeconds(601);

        assertThat(reports.left(ksmNode("1"))).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void aNodeThatHasReportedIsNotWaitedFor() {
        KsmNode reported = ksmNode("1");
        reported.setStatus(BareStatus.of(1L, State.APPLIED, "", "h"));

        assertThat(reports.left(reported)).isZero();
        assertThat(reports.left(null)).isZero();
    }

    private static KsmNode ksmNode(String uid) {
        var ksmNode = new KsmNode();
        ksmNode.setMetadata(
                new ObjectMetaBuilder().withName("worker").withUid(uid).build());
        return ksmNode;
    }
}
