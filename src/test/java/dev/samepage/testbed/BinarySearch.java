package dev.samepage.testbed;

import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryDownloader;
import io.fabric8.kubeapitest.binary.OSInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Optional<ServerBinaries> kept = kept();
        if (kept.isPresent()) {
            return kept.get();
        }
        String assets = environment.get("KUBEBUILDER_ASSETS");
        if (assets != null) {
            try {
                return ServerBinaries.in(Path.of(assets));
            } catch (UnavailableException e) {
                tried.add("KUBEBUILDER_ASSETS: " + e.getMessage());
            }
        }
        try {
            return built();
        } catch (UnavailableException e) {
            tried.add(e.getMessage());
        }
        return downloaded();
    }

    private Optional<ServerBinaries> kept() throws UnavailableException {
        Map<String, Path> programs = new LinkedHashMap<>();
        for (GoProgram program : ServerBinaries.programsOf(module)) {
            program.kept(environment).ifPresent(executable -> programs.put(program.name(), executable));
        }
        if (programs.size() == ServerBinaries.NAMES.size()) {
            return Optional.of(ServerBinaries.of(programs));
        }
        Optional<Path> download = ProgramCache.of(environment).kept(downloadKey());
        return download.isPresent() ? Optional.of(ServerBinaries.in(download.get())) : Optional.empty();
    }

    private ServerBinaries built() throws UnavailableException {
        Map<String, Path> programs = new LinkedHashMap<>();
        for (GoProgram program : ServerBinaries.programsOf(module)) {
            programs.put(program.name(), program.find(environment, progress));
        }
        return ServerBinaries.of(programs);
    }

    private ServerBinaries downloaded() throws UnavailableException {
        try {
            return ServerBinaries.in(ProgramCache.of(environment).keep(downloadKey(), progress, this::download));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path download(Path work) throws UnavailableException {
        progress.accept("Downloading etcd, kube-apiserver and kubectl " + minorVersion());
        try {
            return new BinaryDownloader(work.toString(), new OSInfo())
                    .downloadLatestWildcard(minorVersion() + ".*")
                    .toPath();
        } catch (KubeAPITestException e) {
            tried.add("download: " + e.getMessage());
        }
        throw new UnavailableException("No Kubernetes API server to run against (" + String.join("; ", tried)
                + "). Install Go, or set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kubectl"
                + " of Kubernetes 1." + ServerBinaries.OLDEST_MINOR
                + " or newer, or give this machine access to the internet.");
    }

    private String downloadKey() {
        return "download-" + minorVersion() + "-" + new OSInfo().getOSArch();
    }

    /** Only some patch releases are published for download. */
    private String minorVersion() {
        try {
            return GoToolchain.kubernetesVersion(module).orElseThrow().replaceFirst("\\.\\d+$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
