package dev.samepage.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeFactsTest {

    @Test
    void aNodeWithoutConditionsIsReachable() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("worker")
                .addToLabels("zone", "north")
                .endMetadata()
                .build();

        assertThat(NodeFacts.of(node))
                .isEqualTo(new NodeFacts("worker", Map.of("zone", "north"), Tuner.SAMEPAGE, true));
    }

    @Test
    void aNodeThatIsNotReadyIsReachable() {
        assertThat(NodeFacts.of(ready("False")).reachable()).isTrue();
    }

    @Test
    void aNodeWhoseReadinessIsUnknownIsNot() {
        assertThat(NodeFacts.of(ready("Unknown")).reachable()).isFalse();
    }

    @Test
    void kubeVirtsAnnotationCountsOnlyWhenTrue() {
        assertThat(NodeFacts.of(annotated("true")).tuner()).isEqualTo(Tuner.KUBEVIRT);
        assertThat(NodeFacts.of(annotated("false")).tuner()).isEqualTo(Tuner.SAMEPAGE);
    }

    @Test
    void aNodeThatKubeVirtHasSelectedIsItsAlsoWhileKsmdStandsStillThere() {
        assertThat(NodeFacts.of(selected("true")).tuner()).isEqualTo(Tuner.KUBEVIRT);
        assertThat(NodeFacts.of(selected("false")).tuner()).isEqualTo(Tuner.SAMEPAGE);
    }

    @Test
    void aNodeThatIsMarkedIsAnothersByAnnotationOrLabel() {
        assertThat(NodeFacts.of(marked("true", "")).tuner()).isEqualTo(Tuner.ANOTHER);
        assertThat(NodeFacts.of(marked("", "true")).tuner()).isEqualTo(Tuner.ANOTHER);
        assertThat(NodeFacts.of(marked("false", "false")).tuner()).isEqualTo(Tuner.SAMEPAGE);
    }

    private static Node marked(String annotation, String label) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("worker")
                .addToAnnotations("ksm.samepage.dev/managed-by-another", annotation)
                .addToLabels("ksm.samepage.dev/managed-by-another", label)
                .endMetadata()
                .build();
    }

    @Test
    void aHeartbeatChangesNothingThatMatters() {
        Node before = new NodeBuilder(ready("True"))
                .editMetadata()
                .addToAnnotations("kubevirt.io/heartbeat", "1")
                .endMetadata()
                .build();
        Node after = new NodeBuilder(ready("True"))
                .editMetadata()
                .addToAnnotations("kubevirt.io/heartbeat", "2")
                .endMetadata()
                .build();

        assertThat(NodeFacts.of(after)).isEqualTo(NodeFacts.of(before));
    }

    private static Node ready(String status) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("worker")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(status)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Node selected(String value) {
        return new NodeBuilder(annotated("false"))
                .editMetadata()
                .addToLabels("kubevirt.io/ksm-enabled", value)
                .endMetadata()
                .build();
    }

    private static Node annotated(String value) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("worker")
                .addToAnnotations("kubevirt.io/ksm-handler-managed", value)
                .endMetadata()
                .build();
    }

    @Test
    void anUnknownConditionOtherThanReadinessSaysNothing() {
        Node node = new NodeBuilder(ready("True"))
                .editStatus()
                .addNewCondition()
                .withType("DiskPressure")
                .withStatus("Unknown")
                .endCondition()
                .endStatus()
                .build();

        assertThat(NodeFacts.of(node).reachable()).isTrue();
    }
}
