package dev.samepage.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A program that is built with Go from the versions that a module pins, once, and kept in the user's cache directory.
 *
 * @param name the executable's
 * @param module the directory with go.mod, such as src/testbed
 * @param packageName what is built: a package that the module requires, or one of its own such as {@code ./guest}
 */
public record GoProgram(String name, Path module, String packageName) {
    /** Helm 4. */
    public static final GoProgram HELM = new GoProgram("helm", Path.of("src/testbed/helm"), "helm.sh/helm/v4/cmd/helm");

    private static final List<String> PINS = List.of("go.mod", "go.sum");

    /**
     * Finds the executable, or builds it: minutes the first time for Kubernetes's own.
     *
     * @param progress given a line for a person where it takes a while
     * @return an executable, statically linked
     * @throws UnavailableException if there is no Go that can build it; the message says what was missing
     */
    public Path find(Consumer<String> progress) throws UnavailableException {
        return find(System.getenv(), progress);
    }

    /**
     * The same for another user.
     *
     * @param environment read for PATH, HOME and XDG_CACHE_HOME
     */
    Path find(Map<String, String> environment, Consumer<String> progress) throws UnavailableException {
        try {
            return ProgramCache.of(environment)
                    .keep(key(), progress, directory -> {
                        GoToolchain go = GoToolchain.find(module, environment);
                        progress.accept("Building " + name + " with Go (minutes the first time, seconds after that)");
                        go.build(packageName, directory.resolve(name), progress);
                        return directory;
                    })
                    .resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The executable if it has been built before. */
    Optional<Path> kept(Map<String, String> environment) {
        try {
            return ProgramCache.of(environment).kept(key()).map(directory -> directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Differs whenever anything that is built from does, and between architectures that share a home. */
    private String key() throws IOException {
        return name + "-" + System.getProperty("os.arch") + "-" + hash(module, packageName);
    }

    private static String hash(Path module, String packageName) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(packageName.getBytes(StandardCharsets.UTF_8));
            for (Path file : sources(module)) {
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the module pins, and its own Go code; a directory below with a go.mod is another module. */
    private static TreeSet<Path> sources(Path module) throws IOException {
        var sources = new TreeSet<Path>();
        Files.walkFileTree(module, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean another = !directory.equals(module) && Files.exists(directory.resolve("go.mod"));
                return another ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.endsWith(".go") || PINS.contains(name)) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }
}
