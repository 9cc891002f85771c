package dev.samepage.endtoend;

import static dev.samepage.endtoend.Administrator.await;
import static org.assertj.core.api.Assertions.assertThat;

/** One of the ways in which src/docs/install.md says that Samepage comes into a cluster, and out of it again. */
enum Way {
    KUSTOMIZE("kubectl apply -k manifests", "kubectl delete -k manifests --ignore-not-found"),
    HARDENED("kubectl apply --server-side -k overlay", "kubectl delete -k manifests --ignore-not-found"),
    HELM("""
            helm install samepage charts/samepage --namespace samepage-system --create-namespace
            kubectl label namespace samepage-system pod-security.kubernetes.io/enforce=privileged""", """
            helm uninstall samepage --namespace samepage-system
            kubectl delete crd ksmpolicies.ksm.samepage.dev ksmnodes.ksm.samepage.dev
            kubectl delete namespace samepage-system""");

    private final String in;
    private final String out;

    /** @param in a command a line; so is {@code out} */
    Way(String in, String out) {
        this.in = in;
        this.out = out;
    }

    void install(Administrator administrator) {
        administrator.writeOverlay("../manifests/hardened");
        in.lines().forEach(administrator::guided);
        administrator.type(
                "kubectl wait --for=condition=Established crd/ksmpolicies.ksm.samepage.dev crd/ksmnodes.ksm.samepage.dev");
    }

    /** Lets every node be restored, then removes Samepage. */
    void uninstall(Administrator administrator) {
        administrator.guided("kubectl delete ksmp --all");
        administrator.guided("kubectl wait --for=delete ksmn --all --timeout=5m");
        out.lines().forEach(administrator::guided);
        await(
                "every process to have ended",
                () -> assertThat(new Leftovers(administrator).processes()).isEmpty());
    }
}
