package dev.samepage.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One of the ways in which src/docs/install.md says that Samepage comes into a cluster, and out of it again. */
enum Way {
    KUSTOMIZE("kubectl apply -k manifests", "kubectl delete -k manifests"),
    HARDENED("kubectl apply --server-side -k target/overlay", "kubectl delete -k target/overlay") {
        @Override
        void prepare() {
            overlay("""
                    apiVersion: kustomize.config.k8s.io/v1beta1
                    kind: Kustomization
                    resources:
                      - ../../manifests
                    components:
                      - ../../manifests/hardened
                    """);
        }
    },
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
        prepare();
        in.lines().forEach(administrator::type);
        administrator.type(
                "kubectl wait --for=condition=Established crd/ksmpolicies.ksm.samepage.dev crd/ksmnodes.ksm.samepage.dev");
    }

    /** Lets every node be restored, then removes Samepage. */
    void uninstall(Administrator administrator) {
        administrator.guided("kubectl delete ksmp --all");
        administrator.guided("kubectl wait --for=delete ksmn --all --timeout=5m");
        out.lines().forEach(administrator::type);
    }

    /** Writes what the guide has the reader write. */
    void prepare() {}

    private static void overlay(String kustomization) {
        try {
            Path directory = Files.createDirectories(Path.of("target", "overlay"));
            Files.writeString(directory.resolve("kustomization.yaml"), kustomization);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
