package dev.samepage.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the address of the API server is to be had: from the files that {@code KUBECONFIG} names, else from ~/.kube/config, else from
 * the pod that this runs in. Where none is, the Kubernetes client would guess one and try it for a while.
 *
 * @param home the user's home directory
 */
record ApiServerAddress(Map<String, String> environment, Path home) {
    static ApiServerAddress here() {
        return new ApiServerAddress(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** What is wrong, as a sentence that says what to do; empty where there is an address. */
    Optional<String> missing() {
        String kubeconfig = environment.getOrDefault("KUBECONFIG", "");
        if (!kubeconfig.isBlank()) {
            return anyOf(Arrays.stream(kubeconfig.split(File.pathSeparator)).map(Path::of))
                    ? Optional.empty()
                    : Optional.of("KUBECONFIG=" + kubeconfig + " names no file that can be read. Correct or unset it.");
        }
        if (environment.containsKey("KUBERNETES_SERVICE_HOST")
                || environment.containsKey("KUBERNETES_MASTER")
                || anyOf(Stream.of(home.resolve(".kube", "config")))) {
            return Optional.empty();
        }
        return Optional.of(
                "There is no API server to talk to: point KUBECONFIG at a kubeconfig file, or run this in a pod.");
    }

    private static boolean anyOf(Stream<Path> files) {
        return files.anyMatch(Files::isReadable);
    }
}
