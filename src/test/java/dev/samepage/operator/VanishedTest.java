package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeSpec.PolicyReference;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Unmerge;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class VanishedTest {
    private static final KsmNodeSpec STOPPED = new KsmNodeSpec(
            new PolicyReference("a", 3L),
            new Settings(Mode.STOPPED, null, null, null, null),
            Unmerge.refused(),
            OnRemoval.RESTORE,
            "0123456789ab");
    private static final KsmNodeSpec RELEASED =
            new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, "ba9876543210");

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private final InstantSource time = () -> now;
    private final Vanished vanished = new Vanished(time.withZone(ZoneOffset.UTC));

    @Test
    void whatTheNodeWasToldIsRememberedFor5Minutes() {
        vanished.remember(ksmNode(STOPPED, "uid-1"));

        now = now.plus(Duration.ofMinutes(5));
        assertThat(vanished.of(node("uid-1"))).isEqualTo(STOPPED);
        now = now.plusSeconds(1);
        assertThat(vanished.of(node("uid-1"))).isNull();
    }

    @Test
    void aReleasedNodeMissesNothing() {
        vanished.remember(ksmNode(RELEASED, "uid-1"));

        assertThat(vanished.of(node("uid-1"))).isNull();
    }

    @Test
    void aNodeThatIsMadeAnewIsAnother() {
        vanished.remember(ksmNode(STOPPED, "uid-1"));

        assertThat(vanished.of(node("uid-2"))).isNull();
    }

    @Test
    void oneThatIsBackIsForgotten() {
        vanished.remember(ksmNode(STOPPED, "uid-1"));

        vanished.forget("worker");

        assertThat(vanished.of(node("uid-1"))).isNull();
    }

    private static KsmNode ksmNode(KsmNodeSpec spec, String node) {
        var ksmNode = new KsmNode();
        ksmNode.setMetadata(new ObjectMetaBuilder()
                .withName("worker")
                .addNewOwnerReference()
                .withKind("Node")
                .withName("worker")
                .withUid(node)
                .endOwnerReference()
                .build());
        ksmNode.setSpec(spec);
        return ksmNode;
    }

    private static Node node(String uid) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("worker")
                .withUid(uid)
                .endMetadata()
                .build();
    }
}
