package dev.samepage.testbed.cluster;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.GoProgram;
import dev.samepage.testbed.ServerBinaries;
import dev.samepage.testbed.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The programs that a cluster consists of.
 *
 * @param built those built with Go, by name
 */
record ClusterPrograms(Map<String, Path> built) {
    private static final Path MODULE = Path.of("src/testbed");
    private static final Path PODS = MODULE.resolve("pods");
    private static final Path CNI = Path.of("/usr/lib/cni");

    private static final List<GoProgram> GO = Stream.concat(
                    ServerBinaries.programsOf(MODULE).stream(),
                    Stream.of(
                            kubernetes("kube-controller-manager"),
                            kubernetes("kube-scheduler"),
                            kubernetes("kubelet"),
                            new GoProgram("pause", PODS, "./pause"),
                            new GoProgram("guest", PODS, "./guest")))
            .toList();

    /** A Debian package and a program in it: a file, or a name to be found on the PATH. */
    private record DebianPackage(String name, Path program) {
        boolean isMissing() {
            if (program.isAbsolute()) {
                return !Files.isExecutable(program);
            }
            return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                    .noneMatch(
                            directory -> Files.isExecutable(Path.of(directory).resolve(program)));
        }
    }

    private static final List<DebianPackage> DEBIAN = List.of(
            new DebianPackage("containerd", Path.of("containerd")),
            new DebianPackage("runc", Path.of("runc")),
            new DebianPackage("containernetworking-plugins", CNI.resolve("bridge")),
            new DebianPackage("iproute2", Path.of("ip")),
            new DebianPackage("util-linux", Path.of("nsenter")));

    ClusterPrograms {
        built = Map.copyOf(built);
    }

    private static GoProgram kubernetes(String name) {
        return new GoProgram(name, MODULE, "k8s.io/kubernetes/cmd/" + name);
    }

    /**
     * Finds the programs, and builds those that Go can build.
     *
     * @param progress given a line for a person where it takes a while
     * @throws UnavailableException if this user cannot run a cluster here, with all that is missing
     */
    static ClusterPrograms find(Consumer<String> progress) throws UnavailableException {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            throw new UnavailableException("No Kubernetes cluster can run here: " + String.join("; ", missing) + ".");
        }
        Map<String, Path> built = new LinkedHashMap<>();
        for (GoProgram program : GO) {
            built.put(program.name(), program.find(progress));
        }
        return new ClusterPrograms(built);
    }

    private static List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!Command.of("id", "-u").run().stdout().strip().equals("0")) {
            missing.add("it needs root");
        }
        List<String> packages = DEBIAN.stream()
                .filter(DebianPackage::isMissing)
                .map(DebianPackage::name)
                .toList();
        if (!packages.isEmpty()) {
            missing.add("install with apt-get install " + String.join(" ", packages));
        }
        return missing;
    }

    /** The directory of the plug-ins that connect pods. */
    Path cni() {
        return CNI;
    }

    /** One that was built, by its name. */
    Path built(String name) {
        Path program = built.get(name);
        if (program == null) {
            throw new IllegalArgumentException("no program " + name + " in " + built);
        }
        return program;
    }
}
