package dev.samepage.testbed;

import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryDownloader;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One search for the API server's programs, from the cheapest place to the dearest. */
final class BinarySearch {
    private final Path module;
    private final Map<String, String> environment;
    private final Consumer<String> progress;
    private final List<String> tried = new ArrayList<>();

    /**
     * @param module the directory of the Go module that pins what is built
     * @param environment read for PATH, HOME, XDG_CACHE_HOME and KUBEBUILDER_ASSETS
     * @param progress given a line for a person now and then
     */
    BinarySearch(Path module, Map<String, String> environment, Consumer<String> progress) {
        this.module = module;
        this.environment = environment;
        this.progress = progress;
    }

    ServerBinaries find() throws UnavailableException {
        try {
            Path cache = cache();
            Path kept = cache.resolve(key());
            if (ServerBinaries.complete(kept)) {
                return ServerBinaries.in(kept);
            }
            String assets = environment.get("KUBEBUILDER_ASSETS");
            if (assets != null) {
                try {
                    return ServerBinaries.in(Path.of(assets));
                } catch (UnavailableException e) {
                    tried.add("KUBEBUILDER_ASSETS: " + e.getMessage());
                }
            }
            return obtain(Files.createDirectories(cache), kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Works under a lock, then renames: another process sees nothing or all of it. */
    private ServerBinaries obtain(Path cache, Path kept) throws IOException, UnavailableException {
        try (FileChannel file =
                FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (file.tryLock() == null) {
                progress.accept("Waiting for another process that is building or downloading the API server");
                file.lock();
            }
            if (!ServerBinaries.complete(kept)) {
                Path work = cache.resolve("unfinished");
                new FileTree(work).delete();
                Path made = make(Files.createDirectory(work));
                new FileTree(kept).delete();
                Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
                new FileTree(work).delete();
                progress.accept("Kept in " + kept + " for the next time");
            }
            return ServerBinaries.in(kept);
        }
    }

    private Path make(Path work) throws IOException, UnavailableException {
        try {
            GoBuild go = GoBuild.find(module, environment);
            Path built = Files.createDirectory(work.resolve("built"));
            go.build(built, progress);
            return built;
        } catch (UnavailableException e) {
            tried.add(e.getMessage());
        }
        // Only some patch releases are published for download.
        String minor = GoBuild.pinnedVersion(module).replaceFirst("\\.\\d+$", "");
        progress.accept("Downloading etcd, kube-apiserver and kubectl " + minor);
        try {
            return new BinaryDownloader(work.toString(), new OSInfo())
                    .downloadLatestWildcard(minor + ".*")
                    .toPath();
        } catch (KubeAPITestException e) {
            tried.add("download: " + e.getMessage());
        }
        throw new UnavailableException("No Kubernetes API server to run against (" + String.join("; ", tried)
                + "). Install Go, or set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kubectl"
                + " of Kubernetes 1." + ServerBinaries.OLDEST_MINOR
                + " or newer, or give this machine access to the internet.");
    }

    private Path cache() {
        String configured = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path root = configured.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache")
                : Path.of(configured);
        return root.resolve("samepage");
    }

    /** Differs whenever anything that the module pins does, and between architectures that share a home. */
    private String key() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(module.resolve("go.mod")));
            digest.update(Files.readAllBytes(module.resolve("go.sum")));
            String hash = HexFormat.of().formatHex(digest.digest(), 0, 6);
            return "kubernetes-" + GoBuild.pinnedVersion(module) + "-" + new OSInfo().getOSArch() + "-" + hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
