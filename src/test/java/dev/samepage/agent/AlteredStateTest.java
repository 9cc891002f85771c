package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent does with a /run/samepage that somebody has altered, while the API server cannot be reached. */
class AlteredStateTest {
    private static final String SPEC = """
            {"policy": {"name": "p", "generation": 3}, "settings": {"mode": "Adaptive", "fixed": {"pagesToScan": 1000, "sleepMillis": 20}, \
            "kernelAdvisor": {"targetScanSeconds": 200, "maxCpuPercent": 70, "minPagesToScan": 500, "maxPagesToScan": 30000}, \
            "adaptive": {"maxCpuPercent": 70, "minSavedPerCpuSecond": "64Mi", "maxRestSeconds": 1800, "activation": "Always"}, \
            "tunables": {"maxPageSharing": 512, "smartScan": true}}, "unmerge": {"allowed": true, "reservePercent": 10}, \
            "onRemoval": "Restore", "hash": "0123456789ab"}""";

    /** Instead of a value. */
    private static final List<String> ODDITIES = List.of(
            "null",
            "-1",
            "0",
            "2147483648",
            "9223372036854775808",
            "1e999999999",
            "0.5",
            "true",
            "\"\"",
            "\"\\u0000\\u001b[2J\\n\"",
            "\"Fixed\"",
            "\"Unmerged\"",
            "{}",
            "[]",
            "[[[[[[[[]]]]]]]]");

    @TempDir
    Path directory;

    private NodeUnderTest node;

    @BeforeEach
    void create() throws IOException {
        node = new NodeUnderTest(FakeKsm.linux618(), directory);
        Files.createDirectories(node.state);
    }

    @Test
    void aThousandAlteredSpecsLeadToADefinedState() throws IOException {
        Random random = new Random(6);
        for (int i = 0; i < 1000; i++) {
            String spec = altered(random);
            Files.writeString(node.state.resolve("spec.json"), spec);

            KsmNodeStatus status = node.start().round();

            assertThat(status.state()).as(spec).isIn((Object[]) State.values());
            assertThat(status.message()).as(spec).hasSizeLessThanOrEqualTo(256);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxCpuPercent\": 5000", "maxCpuPercent\": -1", "maxRestSeconds\": 0"})
    void settingsThatTheApiServerWouldRefuseAreNotTaken(String setting) throws IOException {
        Files.writeString(
                node.state.resolve("spec.json"),
                "{\"hash\": \"1\", \"settings\": {\"mode\": \"Adaptive\", \"adaptive\": {\"" + setting + "}}}");

        assertThat(node.start().round().state()).isEqualTo(State.FAILED);
        assertThat(node.ksm.writes()).isEmpty();
    }

    @Test
    void aSpecOfAHundredThousandBracketsIsSetAside() throws IOException {
        Files.writeString(node.state.resolve("spec.json"), "[".repeat(100_000));

        node.start().round();

        assertThat(node.state.resolve("spec.json.damaged-1")).exists();
    }

    @Test
    void originalsThatNoKernelCanHaveAreNotWritten() throws IOException {
        Map<Knob, Long> before = node.knobs();
        Files.writeString(node.state.resolve("originals"), """
                # KSM settings as Samepage found them
                boot 11111111-2222-3333-4444-555555555555
                run 7
                pages_to_scan 99999999999
                sleep_millisecs 20
                use_zero_pages 2
                # end
                """);
        node.tell(NodeUnderTest.released(NodeUnderTest.RESTORE, NodeUnderTest.FORBIDDEN));

        assertThat(node.start().round().state()).isEqualTo(State.FAILED);
        assertThat(node.knobs()).isEqualTo(before);
    }

    /** Five values of the spec are something else, or some of its bytes are. */
    private static String altered(Random random) {
        String[] parts = SPEC.split("(?<=: )|(?=[,}])", -1);
        for (int i = 0; i < 5; i++) {
            int part = random.nextInt(parts.length);
            if (parts[part].matches("[0-9a-z\"].*")) {
                parts[part] = ODDITIES.get(random.nextInt(ODDITIES.size()));
            }
        }
        StringBuilder spec = new StringBuilder(String.join("", parts));
        if (random.nextInt(4) == 0) {
            for (int i = 0; i < 3; i++) {
                spec.setCharAt(random.nextInt(spec.length()), (char) random.nextInt(0x2100));
            }
        }
        return spec.toString();
    }
}
