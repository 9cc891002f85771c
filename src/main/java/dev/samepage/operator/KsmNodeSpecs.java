package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's half of the KsmNodes: made, written where that changes something, and deleted. */
final class KsmNodeSpecs {
    private static final Logger log = LoggerFactory.getLogger(KsmNodeSpecs.class);

    private KsmNodeSpecs() {}

    /** Whether the node's KsmNode, null where there is none, is so already. */
    static boolean isTold(Node node, KsmNodeSpec spec, @Nullable KsmNode current) {
        return current != null
                && spec.equals(current.getSpec())
                && current.getMetadata().getOwnerReferences().contains(ownerReferenceTo(node));
    }

    /**
     * Writes what the node is to do.
     *
     * @param current its KsmNode, null where there is none
     */
    static void tell(
            Node node,
            KsmNodeSpec spec,
            @Nullable KsmNode current,
            InformerEventSource<KsmNode, Node> ksmNodes,
            Context<Node> context) {
        var wanted = new KsmNode();
        wanted.setMetadata(new ObjectMetaBuilder()
                .withName(node.getMetadata().getName())
                .withOwnerReferences(ownerReferenceTo(node))
                .build());
        wanted.setSpec(spec);
        KsmNode applied = context.getClient()
                .resource(wanted)
                .fieldManager(OperatorApplication.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        if (current == null) {
            ksmNodes.handleRecentResourceCreate(ResourceID.fromResource(node), applied);
        } else {
            ksmNodes.handleRecentResourceUpdate(ResourceID.fromResource(node), applied, current);
        }
        log.atInfo()
                .addKeyValue("node", node.getMetadata().getName())
                .addKeyValue(
                        "policy", spec.policy() == null ? "none" : spec.policy().name())
                .addKeyValue("hash", spec.hash())
                .log(spec.policy() == null ? "Releasing the node" : "Told the node what its policy wants");
    }

    /** Only as it was looked at: false where its agent has reported something else by now, so that this is to be decided again. */
    static boolean delete(@Nullable KsmNode released, Context<Node> context) {
        if (released == null) {
            return true;
        }
        try {
            context.getClient().resource(released).lockResourceVersion().delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
        log.atInfo()
                .addKeyValue("node", released.getMetadata().getName())
                .log("The node is released; deleted its KsmNode");
        return true;
    }

    private static OwnerReference ownerReferenceTo(Node node) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.getMetadata().getName())
                .withUid(node.getMetadata().getUid())
                .build();
    }
}
