package dev.samepage.testbed.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A pod in the namespace default whose only container is a guest.
 *
 * @param options its memory, from {@code GuestMemory.options()}
 */
public record GuestPod(OneNodeCluster cluster, String name, List<String> options) {
    public GuestPod {
        options = List.copyOf(options);
    }

    /** Creates it and returns when its memory is filled. */
    public void create() {
        String arguments = options.stream().map(option -> '"' + option + '"').collect(Collectors.joining(", "));
        String manifest = """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, labels: {app: guest}}
                spec:
                  containers:
                    - {name: guest, image: "%s", args: [%s]}
                """.formatted(name, OneNodeCluster.GUEST_IMAGE, arguments);
        cluster.kubectlReading(manifest, "apply", "--filename=-").orThrow();
        cluster.kubectl("wait", "--for=condition=Ready", "--timeout=120s", "pod/" + name)
                .orThrow();
        cluster.until(
                "the guest's memory is filled",
                () -> cluster.kubectl("logs", name).stdout().startsWith("ready"));
    }

    /** Deletes it and returns when it is gone. */
    public void delete() {
        cluster.kubectl("delete", "pod", name, "--ignore-not-found").orThrow();
    }

    /** How often its container has been started again. */
    public int restarts() {
        return Integer.parseInt(get("{.status.containerStatuses[0].restartCount}"));
    }

    /** The guest's process, as this machine numbers it. */
    public long processId() {
        // A container's cgroup is named after it.
        String container = get("{.status.containerStatuses[0].containerID}").replace("containerd://", "");
        return ProcessHandle.allProcesses()
                .mapToLong(ProcessHandle::pid)
                .filter(process -> cgroups(process).contains(container))
                .min()
                .orElseThrow(() -> new IllegalStateException("no process of container " + container));
    }

    private static String cgroups(long process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process), "cgroup"));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            // It ended while it was being looked at.
            if (ProcessHandle.of(process).isEmpty()) {
                return "";
            }
            throw new UncheckedIOException(e);
        }
    }

    private String get(String path) {
        return cluster.kubectl("get", "pod", name, "--output=jsonpath=" + path).orThrow();
    }
}
