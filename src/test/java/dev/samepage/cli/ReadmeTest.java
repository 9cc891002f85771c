package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void hasAPolicyForEachModeThatIsTakenAsItStands() throws Exception {
        List<Mode> modes = new ArrayList<>();
        for (String policy : policies()) {
            modes.add(PolicyFile.read(Files.writeString(directory.resolve("policy.yaml"), policy))
                    .mode());
        }

        assertThat(modes).containsAll(Arrays.asList(Mode.values()));
    }

    private static List<String> policies() throws IOException {
        return YAML.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
