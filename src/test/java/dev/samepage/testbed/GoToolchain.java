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
 * A go that builds programs of one module.
 *
 * @param go the go program
 * @param module the directory with go.mod and go.sum; neither is changed
 */
record GoToolchain(Path go, Path module) {
    private static final Path USUAL_PLACE = Path.of("/usr/local/go/bin/go");
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(20);
    private static final Pattern KUBERNETES = Pattern.compile("\\sk8s\\.io/kubernetes v((\\d+)\\.(\\d+)\\.\\d+)\\s");
    private static final Pattern OLDEST_GO = Pattern.compile("(?m)^go (\\d+)\\.(\\d+)");
    private static final Pattern GO_VERSION = Pattern.compile("go version go(\\d+)\\.(\\d+)");

    /** The Kubernetes version that a module pins, such as 1.34.4; empty where it does not need Kubernetes itself. */
    static Optional<String> kubernetesVersion(Path module) throws IOException {
        return kubernetes(module).map(version -> version.group(1));
    }

    /**
     * Finds a go that can build the module: on the PATH, else where its own installer puts it.
     *
     * @throws UnavailableException if there is none, or it is too old
     */
    static GoToolchain find(Path module, Map<String, String> environment) throws IOException, UnavailableException {
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
        return new GoToolchain(found.get(), module);
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
     * Builds one program. It is static, so that it runs in an image with nothing else in it.
     *
     * @param packageName what to build
     * @param executable the file to write, in an existing directory
     * @param progress given a line for a person now and then
     * @throws UnavailableException if it cannot be built
     */
    void build(String packageName, Path executable, Consumer<String> progress)
            throws IOException, UnavailableException {
        String name = executable.getFileName().toString();
        Path log = executable.resolveSibling(name + ".log");
        Instant start = Instant.now();
        var builder = new ProcessBuilder(
                        go.toString(),
                        "build",
                        "-trimpath",
                        "-buildvcs=false",
                        "-ldflags",
                        linkerFlags(),
                        "-o",
                        executable.toAbsolutePath().toString(),
                        packageName)
                .directory(module.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(Map.of("GOFLAGS", "-mod=readonly", "CGO_ENABLED", "0"));
        Process process = builder.start();
        try {
            while (!process.waitFor(SIGN_OF_LIFE.toSeconds(), TimeUnit.SECONDS)) {
                progress.accept("  still building " + name + ", "
                        + Duration.between(start, Instant.now()).toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while building " + name, e);
        } finally {
            process.destroy();
        }
        String said = Files.readString(log).strip();
        Files.delete(log);
        if (process.exitValue() != 0) {
            String last = said.substring(said.lastIndexOf('\n') + 1);
            throw new UnavailableException("go build of " + name + " failed: " + last);
        }
    }

    /** Without Kubernetes's own the API server calls itself v0.0.0, and clients take it for one. */
    private String linkerFlags() throws IOException {
        String variable = " -X k8s.io/component-base/version.";
        return "-s -w"
                + kubernetes(module)
                        .map(version -> variable + "gitVersion=v" + version.group(1) + variable + "gitMajor="
                                + version.group(2) + variable + "gitMinor=" + version.group(3))
                        .orElse("");
    }

    private static Optional<Matcher> kubernetes(Path module) throws IOException {
        return Optional.of(KUBERNETES.matcher(Files.readString(module.resolve("go.mod"))))
                .filter(Matcher::find);
    }
}
