package dev.samepage.endtoend;

import static dev.samepage.endtoend.Administrator.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.cluster.OneNodeCluster;
import dev.samepage.testbed.cluster.RealCluster;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Operator and agents are replaced while a policy is in force. */
@RealCluster
@RealKsm(RealKsm.Span.CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeClusterTest {
    private static final String UPGRADE =
            "helm upgrade samepage charts/samepage --namespace samepage-system --reset-then-reuse-values";
    private static final String INSTALLED = "kubectl get crd,clusterrole,clusterrolebinding,validatingadmissionpolicy,"
            + "validatingadmissionpolicybinding,role,rolebinding,serviceaccount,configmap,networkpolicy,deployment,daemonset,pod"
            + " --namespace=samepage-system --selector=app.kubernetes.io/part-of=samepage"
            + " --output=custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid,GENERATION:.metadata.generation,SPEC:.spec,"
            + "LABELS:.metadata.labels,ANNOTATIONS:.metadata.annotations,DATA:.data,RULES:.rules";

    private final OneNodeCluster cluster;
    private final Administrator administrator;

    UpgradeClusterTest(OneNodeCluster cluster) {
        this.cluster = cluster;
        administrator = new Administrator(cluster);
    }

    @BeforeAll
    void install() {
        administrator.loadImage();
        administrator.findHelm();
        administrator.type("kubectl label node " + OneNodeCluster.NODE + " kubevirt.io/schedulable=true --overwrite");
        Way.HELM.install(administrator);
        administrator.type("kubectl apply -f manifests/examples/fixed.yaml");
        administrator.type("kubectl wait --for=condition=Ready --timeout=3m ksmp/fixed");
    }

    @AfterAll
    void uninstall() {
        Way.HELM.uninstall(administrator);
    }

    @Test
    void anUpgradeToTheSameVersionChangesNothing() {
        String before = administrator.type(INSTALLED);

        administrator.guided(UPGRADE);

        assertThat(administrator.type(INSTALLED)).contains("DaemonSet").isEqualTo(before);
    }

    @Test
    void noKnobIsTouchedWhileOperatorAndAgentAreReplaced() throws IOException {
        cluster.tagImage("samepage:0.1.0", "samepage:another");
        try (KnobWatch watch = new KnobWatch()) {
            administrator.type(UPGRADE + " --set image.tag=another");
            administrator.guided("kubectl -n samepage-system rollout status deployment/samepage-operator");
            await(
                    "the agents' pods to have the other image",
                    () -> assertThat(agentsImage()).isEqualTo("samepage:another"));
            administrator.guided("kubectl -n samepage-system rollout status daemonset/samepage-agent");
            administrator.type("kubectl wait --for=condition=Ready --timeout=3m ksmp/fixed");

            assertThat(watch.written()).isEmpty();
            assertThat(new Leftovers(administrator).agents()).hasSize(1);
        }
    }

    private String agentsImage() {
        return administrator.type(
                "kubectl --namespace samepage-system get daemonset/samepage-agent --output=jsonpath={.spec.template.spec.containers[0].image}");
    }
}
