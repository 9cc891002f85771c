package dev.samepage.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinarySearchTest {
    private final Path root;
    private final Path module;
    private final List<String> progress = new ArrayList<>();

    BinarySearchTest(@TempDir Path root) {
        this.root = root;
        module = root.resolve("module");
    }

    @BeforeEach
    void aModuleThatPins1344() throws IOException {
        Files.createDirectory(module);
        Files.writeString(module.resolve("go.mod"), """
                module samepage.dev/testbed

                go 1.26.0

                require k8s.io/kubernetes v1.34.4 // indirect
                """);
        Files.writeString(module.resolve("go.sum"), "");
    }

    @Test
    void takesWhatKubebuilderAssetsNames() throws Exception {
        Path assets = programs("assets", "v1.33.0");

        ServerBinaries found = search(Map.of("KUBEBUILDER_ASSETS", assets.toString()));

        assertThat(found)
                .isEqualTo(new ServerBinaries(
                        Map.of(
                                "etcd", assets.resolve("etcd"),
                                "kube-apiserver", assets.resolve("kube-apiserver"),
                                "kubectl", assets.resolve("kubectl")),
                        "1.33.0"));
        assertThat(progress).isEmpty();
    }

    @Test
    void buildsWithGoAndKeepsTheResult() throws Exception {
        fakeGo("go1.26.8");

        ServerBinaries built = search(Map.of());
        Files.delete(root.resolve("bin/go"));
        ServerBinaries kept = search(Map.of());

        assertThat(built.version()).isEqualTo("1.34.4");
        assertThat(built.program("kubectl").toString())
                .startsWith(root.resolve("cache/samepage/kubectl-").toString())
                .endsWith("/kubectl");
        assertThat(kept).isEqualTo(built);
        assertThat(progress)
                .containsExactly(
                        "Building etcd with Go (minutes the first time, seconds after that)",
                        "Kept in " + built.program("etcd").getParent() + " for the next time",
                        "Building kube-apiserver with Go (minutes the first time, seconds after that)",
                        "Kept in " + built.program("kube-apiserver").getParent() + " for the next time",
                        "Building kubectl with Go (minutes the first time, seconds after that)",
                        "Kept in " + built.program("kubectl").getParent() + " for the next time");
    }

    @Test
    void buildsAgainWhenTheModuleHasChanged() throws Exception {
        fakeGo("go1.26.8");
        ServerBinaries first = search(Map.of());
        Files.writeString(module.resolve("go.sum"), "changed\n");

        assertThat(search(Map.of()).program("etcd")).isNotEqualTo(first.program("etcd"));
    }

    @Test
    void whatIsKeptGoesBeforeKubebuilderAssets() throws Exception {
        fakeGo("go1.26.8");
        ServerBinaries built = search(Map.of());
        Path assets = programs("assets", "v1.33.0");

        assertThat(search(Map.of("KUBEBUILDER_ASSETS", assets.toString()))).isEqualTo(built);
    }

    @Test
    void aProgramOlderThanKubernetes132IsRefused() throws Exception {
        Path assets = programs("assets", "v1.31.4");

        assertThatThrownBy(() -> ServerBinaries.in(assets))
                .hasMessage(assets.resolve("kube-apiserver") + " is Kubernetes 1.31.4, older than 1.32");
    }

    @Test
    void aDirectoryWithoutKubectlIsRefused() throws Exception {
        Path assets = programs("assets", "v1.34.4");
        Files.delete(assets.resolve("kubectl"));

        assertThatThrownBy(() -> ServerBinaries.in(assets))
                .hasMessage(assets + " lacks one of the executables etcd, kube-apiserver, kubectl");
    }

    @Test
    void aGoThatIsTooOldIsRefused() throws Exception {
        fakeGo("go1.22.1");

        assertThatThrownBy(() -> GoToolchain.find(module, environment()))
                .hasMessage(root.resolve("bin/go")
                        + " is too old (needed: 1.26; it said: go version go1.22.1 linux/amd64)");
    }

    private ServerBinaries search(Map<String, String> more) throws UnavailableException {
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        return new BinarySearch(module, environment, progress::add).find();
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH", root.resolve("bin").toString(),
                "XDG_CACHE_HOME", root.resolve("cache").toString());
    }

    private Path programs(String directory, String version) throws IOException {
        Path programs = Files.createDirectory(root.resolve(directory));
        for (String name : List.of("etcd", "kube-apiserver", "kubectl")) {
            script(programs.resolve(name), "echo Kubernetes " + version);
        }
        return programs;
    }

    /** A go whose builds are scripts that print the version the linker was told. */
    private void fakeGo(String version) throws IOException {
        Files.createDirectory(root.resolve("bin"));
        script(root.resolve("bin/go"), """
                if [ "$1" = -C ]; then echo go version %s linux/amd64; exit; fi
                [ "$GOFLAGS" = -mod=readonly ] || exit 1
                for word in "$@"; do
                  case $last in -o) file=$word ;; -ldflags) flags=$word ;; esac
                  last=$word
                done
                version=${flags#*gitVersion=}
                printf '#!/bin/sh\\necho Kubernetes %%s\\n' "${version%%%% *}" >"$file"
                chmod +x "$file"
                """.formatted(version));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
