package dev.samepage.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoProgramTest {
    private final Path root;
    private final Path module;
    private final Path bin;
    private final Path go;

    GoProgramTest(@TempDir Path root) {
        this.root = root;
        module = root.resolve("module");
        bin = root.resolve("bin");
        go = bin.resolve("go");
    }

    @BeforeEach
    void aModuleWithOneProgramAndAGoThatCopiesItsSource() throws IOException {
        Files.createDirectories(module.resolve("hello"));
        Files.writeString(module.resolve("go.mod"), "module example.com/tests\n\ngo 1.26.0\n");
        Files.writeString(module.resolve("hello/main.go"), "one");
        Files.createDirectory(bin);
        Files.writeString(go, """
                #!/bin/sh
                if [ "$1" = -C ]; then echo go version go1.26.8 linux/amd64; exit; fi
                [ "$CGO_ENABLED" = 0 ] || exit 1
                for word in "$@"; do
                  if [ "$last" = -o ]; then file=$word; fi
                  last=$word
                done
                cp "$last/main.go" "$file"
                """);
        Files.setPosixFilePermissions(go, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void isNamedAsAsked() throws Exception {
        assertThat(find().getFileName()).hasToString("hello");
    }

    @Test
    void isBuiltOnce() throws Exception {
        Path first = find();
        Files.delete(go);

        assertThat(find()).isEqualTo(first);
    }

    @Test
    void isBuiltAgainWhenItsSourceHasChanged() throws Exception {
        find();
        Files.writeString(module.resolve("hello/main.go"), "two");

        assertThat(find()).hasContent("two");
    }

    @Test
    void isNotBuiltAgainForAnotherModuleBelow() throws Exception {
        Path first = find();
        Files.createDirectory(module.resolve("below"));
        Files.writeString(module.resolve("below/go.mod"), "module example.com/below\n");

        assertThat(find()).isEqualTo(first);
    }

    @Test
    void aFailedBuildLeavesNothingThatCouldBeTakenForTheProgram() throws Exception {
        Files.delete(module.resolve("hello/main.go"));
        assertThatThrownBy(this::find).hasMessageStartingWith("go build of hello failed: ");

        Files.writeString(module.resolve("hello/main.go"), "two");
        assertThat(find()).hasContent("two");
    }

    private Path find() throws UnavailableException {
        Map<String, String> environment = Map.of(
                "PATH", bin.toString(),
                "XDG_CACHE_HOME", root.resolve("cache").toString());
        return new GoProgram("hello", module, "./hello").find(environment, line -> {});
    }
}
