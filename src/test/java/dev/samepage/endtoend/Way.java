package dev.samepage.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One of the ways in which src/docs/install.md says that Samepage comes into a cluster, and out of it again. */
enum Way {
    KUSTOMIZE(
            List.of("kubectl apply -k manifests"),
            List.of("kubectl delete -k manifests")),
    HARDENED(
            List.of("kubectl apply --server-side -k target/overlay"),
            List.of("kubectl delete -k target/overlay")) {
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
    HELM(
            List.of(
                    "helm install samepage charts/samepage --namespace samepage-system --create-namespace",
                    "kubectl label namespace samepage-system pod-security.kubernetes.io/enforce=privileged"),
            List.of(
                    "helm uninstall samepage --namespace samepage-system",
                    "kubectl delete crd ksmpolicies.ksm.samepage.dev ksmnodes.ksm.samepage.dev",
                    "kubectl delete namespace samepage-system"));

    private final List<String> in;
    private final List<String> out;

    Way(List<String> in, List<String> out) {
        this.in = in;
        this.out = out;
    }

    void install(Administrator administrator) {
        prepare();
        in.forEach(administrator::type);
        administrator.type("kubectl wait --for=condition=Established crd/ksmpolicies.ksm.samepage.dev crd/ksmnodes.ksm.samepage.dev");
    }

    /** Lets every node be restored, then removes Samepage. */
    void uninstall(Administrator administrator) {
        administrator.guided("kubectl delete ksmp --all");
        administrator.guided("kubectl wait --for=delete ksmn --all --timeout=5m");
        out.forEach(administrator::type);
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
