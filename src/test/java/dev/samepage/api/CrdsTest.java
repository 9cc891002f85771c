package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrdsTest {
    /** Says how to bring the files up to date, the chart's copy too; with {@code -Dcrds.update=true} it does. */
    @ParameterizedTest
    @ValueSource(strings = {"crds", "charts/samepage/files"})
    void crdsAreGeneratedFromTheApiRecords(Path directory) throws IOException {
        Map<String, String> expected = CustomResourceDefinitions.generate();
        if (Boolean.getBoolean("crds.update")) {
            Files.createDirectories(directory);
            for (var file : expected.entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue());
            }
        }
        var actual = new TreeMap<String, String>();
        try (var files = Files.newDirectoryStream(directory, "*.yaml")) {
            for (Path file : files) {
                actual.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        actual.remove("kustomization.yaml");
        assertThat(actual)
                .as(directory
                        + " against the API records; to write it anew: ./mvnw test -Dtest=CrdsTest -Dcrds.update=true")
                .isEqualTo(expected);
    }
}
