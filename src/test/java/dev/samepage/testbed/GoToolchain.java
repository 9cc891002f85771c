package dev.samepage.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds etcd, kube-apiserver and kubectl with the Go toolchain, from the versions that a Go module pins.
 *
 * @param go the go program
 * @param module the directory with go.mod and go.sum; neither is changed
 */
record GoBuild(Path go, Path module) {
    private static final Path USUAL_PLACE = Path.of("/usr/local/go/bin/go");
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);
    private static final Pattern KUBERNETES = Pattern.compile("\\sk8s\\.io/kubernetes v((\\d+)\\.(\\d+)\\.\\d+)\\s");
    private static final Pattern OLDEST_GO = Pattern.compile("(?m)^go (\\d+)\\.(\\d+)");
    private static final Pattern GO_VERSION = Pattern.compile("go version go(\\d+)\\.(\\d+)");

    /** A program of the module, and how long its first build takes on two cores. */
    private record Target(String name, String packageName, String usualTime) {}

    private static final List<Target> TARGETS = List.of(
            new Target("etcd", "go.etcd.io/etcd/server/v3", "1 minute"),
            new Target("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", "4 minutes"),
            new Target("kubectl", "k8s.io/kubernetes/cmd/kubectl", "30 seconds"));

    /** The Kubernetes version that the module pins, such as 1.34.4. */
    static String pinnedVersion(Path module) throws IOException {
        return kubernetes(module).group(1);
    }

    /**
     * Finds a go that can build the module: on the PATH, else where its own installer puts it.
     *
     * @throws UnavailableException if there is none, or it is too old
     */
    static GoBuild find(Path module, Map<String, String> environment) throws IOException, UnavailableException {
        Matcher oldest = OLDEST_GO.matcher(Files.readString(module.resolve("go.mod")));
        if (!oldest.find()) {
            throw new IllegalStateException(module.resolve("go.mod") + " has no go line");
        }
        String needed = oldest.group(1) + "." + oldest.group(2);
        Optional<Path> found =
                candidates(environment).stream().filter(Files::isExecutable).findFirst();
        if (found.isEmpty()) {
            throw new UnavailableException("no go on the PATH or at " + USUAL_PLACE + " (needed: " + needed + ")");
        }
        // In the module's directory, because go changes to the toolchain that go.mod asks for where it may.
        Command.Output version = Command.of(found.get().toString(), "-C", module.toString(), "version")
                .run();
        Matcher actual = GO_VERSION.matcher(version.stdout());
        if (!version.succeeded() || !actual.find() || older(actual, oldest)) {
            String said = (version.stdout() + version.stderr()).strip();
            throw new UnavailableException(found.get() + " is too old (needed: " + needed + "; it said: " + said + ")");
        }
        return new GoBuild(found.get(), module);
    }

    private static List<Path> candidates(Map<String, String> environment) {
        List<Path> candidates = new ArrayList<>();
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            if (!directory.isEmpty()) {
                candidates.add(Path.of(directory, "go"));
            }
        }
        candidates.add(USUAL_PLACE);
        return candidates;
    }

    private static boolean older(Matcher version, Matcher than) {
        int major = Integer.compare(Integer.parseInt(version.group(1)), Integer.parseInt(than.group(1)));
        int minor = Integer.compare(Integer.parseInt(version.group(2)), Integer.parseInt(than.group(2)));
        return major != 0 ? major < 0 : minor < 0;
    }

    /**
     * Builds all programs.
     *
     * @param into an existing directory
     * @param progress given a line for a person now and then
     * @throws UnavailableException if one cannot be built
     */
    void build(Path into, Consumer<String> progress) throws IOException, UnavailableException {
        for (Target target : TARGETS) {
            progress.accept("Building " + target.name() + " with Go (about " + target.usualTime()
                    + " the first time, seconds after that)");
            build(target, into, progress);
        }
    }

    private void build(Target target, Path into, Consumer<String> progress) throws IOException, UnavailableException {
        Path log = into.resolve(target.name() + ".log");
        Instant start = Instant.now();
        var builder = new ProcessBuilder(
                        go.toString(),
                        "build",
                        "-trimpath",
                        "-buildvcs=false",
                        "-ldflags",
                        linkerFlags(),
                        "-o",
                        into.resolve(target.name()).toAbsolutePath().toString(),
                        target.packageName())
                .directory(module.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("GOFLAGS", "-mod=readonly");
        Process process = builder.start();
        try {
            while (!process.waitFor(SIGN_OF_LIFE.toSeconds(), TimeUnit.SECONDS)) {
                progress.accept("  still building " + target.name() + ", "
                        + Duration.between(start, Instant.now()).toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while building " + target.name(), e);
        } finally {
            process.destroy();
        }
        String said = Files.readString(log).strip();
        Files.delete(log);
        if (process.exitValue() != 0) {
            String last = said.substring(said.lastIndexOf('\n') + 1);
            throw new UnavailableException("go build of " + target.name() + " failed: " + last);
        }
    }

    /** Without these the API server calls itself v0.0.0, and clients take it for one. */
    private String linkerFlags() throws IOException {
        Matcher version = kubernetes(module);
        String variable = " -X k8s.io/component-base/version.";
        return "-s -w" + variable + "gitVersion=v" + version.group(1) + variable + "gitMajor=" + version.group(2)
                + variable + "gitMinor=" + version.group(3);
    }

    private static Matcher kubernetes(Path module) throws IOException {
        Matcher matcher = KUBERNETES.matcher(Files.readString(module.resolve("go.mod")));
        if (!matcher.find()) {
            throw new IllegalStateException(module.resolve("go.mod") + " does not require k8s.io/kubernetes");
        }
        return matcher;
    }
}
