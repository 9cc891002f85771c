package dev.samepage.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs of a Kubernetes API server.
 *
 * @param programs the executables etcd, kube-apiserver and kubectl by these names
 * @param version what kube-apiserver says it is, such as 1.34.4
 */
public record ServerBinaries(Map<String, Path> programs, String version) {
    /** The oldest Kubernetes 1.x that Samepage supports. */
    static final int OLDEST_MINOR = 32;

    static final List<String> NAMES = List.of("etcd", "kube-apiserver", "kubectl");

    private static final Path MODULE = Path.of("src/testbed");
    private static final Pattern VERSION = Pattern.compile("Kubernetes v(1\\.(\\d+)\\.\\d+)");

    public ServerBinaries {
        programs = Map.copyOf(programs);
    }

    /**
     * Finds the programs: those kept from an earlier time, else those in {@code KUBEBUILDER_ASSETS}, else it builds them
     * with Go from src/testbed, else it downloads them. The last two are kept in the user's cache directory.
     *
     * @param progress given a line for a person where it takes a while
     * @throws UnavailableException if none of this is possible; the message says what was tried and what would help
     */
    public static ServerBinaries find(Consumer<String> progress) throws UnavailableException {
        return new BinarySearch(MODULE, System.getenv(), progress).find();
    }

    /** How the programs are built, given the directory of the Go module that pins them. */
    public static List<GoProgram> programsOf(Path module) {
        return List.of(
                new GoProgram("etcd", module, "go.etcd.io/etcd/server/v3"),
                new GoProgram("kube-apiserver", module, "k8s.io/kubernetes/cmd/kube-apiserver"),
                new GoProgram("kubectl", module, "k8s.io/kubernetes/cmd/kubectl"));
    }

    /**
     * The programs in a directory.
     *
     * @throws UnavailableException if one is missing, does not run here or is older than Samepage supports
     */
    static ServerBinaries in(Path directory) throws UnavailableException {
        Map<String, Path> programs = new LinkedHashMap<>();
        for (String name : NAMES) {
            programs.put(name, directory.resolve(name));
        }
        if (!programs.values().stream().allMatch(Files::isExecutable)) {
            throw new UnavailableException(directory + " lacks one of the executables " + String.join(", ", NAMES));
        }
        return of(programs);
    }

    /**
     * These programs.
     *
     * @throws UnavailableException if the API server does not run here or is older than Samepage supports
     */
    static ServerBinaries of(Map<String, Path> programs) throws UnavailableException {
        Path server = program(programs, "kube-apiserver");
        Command.Output said = Command.of(server.toString(), "--version").run();
        Matcher version = VERSION.matcher(said.stdout());
        if (!version.find()) {
            throw new UnavailableException(server + " --version said: " + (said.stdout() + said.stderr()).strip());
        }
        if (Integer.parseInt(version.group(2)) < OLDEST_MINOR) {
            throw new UnavailableException(
                    server + " is Kubernetes " + version.group(1) + ", older than 1." + OLDEST_MINOR);
        }
        return new ServerBinaries(programs, version.group(1));
    }

    /** One of {@link #NAMES}. */
    Path program(String name) {
        return program(programs, name);
    }

    private static Path program(Map<String, Path> programs, String name) {
        Path program = programs.get(name);
        if (program == null) {
            throw new IllegalArgumentException("no program " + name + " in " + programs);
        }
        return program;
    }
}
