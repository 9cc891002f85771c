package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written more than once is written alike. */
class VersionsTest {
    private static final Path MANIFESTS = Path.of("manifests");
    private static final Path CHART = Path.of("charts/samepage");

    @Test
    void everyManifestNamesTheVersionThatIsBuilt() throws IOException {
        Pattern mention = Pattern.compile("(?:image: \"?samepage:|kubernetes\\.io/version: )([^\\s\"]+)");
        var versions = new TreeSet<String>();
        for (Path file : files(MANIFESTS)) {
            mention.matcher(Files.readString(file)).results().forEach(match -> versions.add(match.group(1)));
        }
        assertThat(versions).containsExactly(built());
    }

    @Test
    void theChartHasTheVersionThatIsBuilt() throws IOException {
        assertThat(KubernetesObjects.single(Files.readString(CHART.resolve("Chart.yaml"))))
                .containsEntry("version", built())
                .containsEntry("appVersion", built());
    }

    /** Helm reads nothing outside of the chart. */
    @ParameterizedTest
    @ValueSource(strings = {"prometheusrule.yaml", "dashboard.json"})
    void theChartHasACopyOfTheMonitoring(String file) throws IOException {
        Path original = MANIFESTS.resolve("monitoring").resolve(file);
        Path copy = CHART.resolve("files/monitoring").resolve(file);
        assertThat(copy).as("to make it anew: cp %s %s", original, copy).hasSameTextualContentAs(original);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String built() throws IOException {
        var properties = new Properties();
        try (var in = VersionsTest.class.getResourceAsStream("/samepage-version.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }
}
