package dev.samepage.install;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code manifests/} with some of its components, as an overlay of a user has them. */
record Kustomization(List<String> components) {
    private static final Path OVERLAYS = Path.of("target", "overlays");

    Kustomization {
        components = List.copyOf(components);
    }

    /** The installation as it is without an overlay, or with the components named. */
    static Kustomization with(String... components) {
        return new Kustomization(List.of(components));
    }

    /** The directory to give to {@code kubectl -k}. */
    String directory() {
        if (components.isEmpty()) {
            return "manifests";
        }
        String name = String.join("-", components);
        return overlay(
                name,
                "resources: [../../../manifests]\ncomponents: [%s]\n"
                        .formatted(String.join(
                                ", ",
                                components.stream()
                                        .map("../../../manifests/"::concat)
                                        .toList())));
    }

    /** Makes a directory with this kustomization.yaml, three levels below the repository's root. */
    static String overlay(String name, String kustomization) {
        try {
            Path directory = Files.createDirectories(OVERLAYS.resolve(name));
            Files.writeString(directory.resolve("kustomization.yaml"), kustomization);
            return directory.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The YAML of every object, in the order in which they are applied. */
    String render(ApiServer server) {
        return render(server, directory());
    }

    /** The YAML of every object of a directory. */
    static String render(ApiServer server, String directory) {
        Command.Output output = server.kubectl("kustomize", directory);
        if (!output.succeeded() || !output.stderr().isEmpty()) {
            throw new IllegalStateException(output.stderr());
        }
        return output.stdout();
    }

    /**
     * Installs {@code manifests/} as a user does, and waits until the API server serves the kinds.
     *
     * @throws IllegalStateException with kubectl's words where something is refused
     */
    static void install(ApiServer server) {
        must(server.kubectl("apply", "--server-side", "--force-conflicts", "-k", "manifests"));
        must(server.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"));
    }

    private static void must(Command.Output output) {
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr());
        }
    }
}
