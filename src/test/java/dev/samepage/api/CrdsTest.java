package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrdsTest {
    private static final Path DIRECTORY = Path.of("crds");

    /** Says how to bring the files up to date; with {@code -Dcrds.update=true} it does. */
    @Test
    void crdsAreGeneratedFromTheApiRecords() throws IOException {
        Map<String, String> expected = CustomResourceDefinitions.generate();
        if (Boolean.getBoolean("crds.update")) {
            Files.createDirectories(DIRECTORY);
            for (var file : expected.entrySet()) {
                Files.writeString(DIRECTORY.resolve(file.getKey()), file.getValue());
            }
        }
        var actual = new TreeMap<String, String>();
        try (var files = Files.newDirectoryStream(DIRECTORY, "*.yaml")) {
            for (Path file : files) {
                actual.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        actual.remove("kustomization.yaml");
        assertThat(actual)
                .as("crds/ against the API records; to write it anew: ./mvnw test -Dtest=CrdsTest -Dcrds.update=true")
                .isEqualTo(expected);
    }
}
