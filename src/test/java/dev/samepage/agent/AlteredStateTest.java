package dev.samepage.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

    /** What the schema lets a policy ask for; every setting that is not named is 0 or 1. */
    private static final Map<Knob, Bounds> BOUNDS = Map.of(
            Knob.PAGES_TO_SCAN, new Bounds(1, 100_000),
            Knob.SLEEP_MILLISECS, new Bounds(0, 60_000),
            Knob.MAX_PAGE_SHARING, new Bounds(2, 65_536),
            Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, new Bounds(100, 3_600_000),
            Knob.ADVISOR_MAX_CPU, new Bounds(1, 100),
            Knob.ADVISOR_MIN_PAGES_TO_SCAN, new Bounds(1, 100_000),
            Knob.ADVISOR_MAX_PAGES_TO_SCAN, new Bounds(1, 100_000),
            Knob.ADVISOR_TARGET_SCAN_TIME, new Bounds(1, 86_400));

    private record Bounds(long min, long max) {}

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
        Map<Knob, Long> found = node.knobs();
        Set<State> states = EnumSet.noneOf(State.class);
        for (int i = 0; i < 1000; i++) {
            String spec = altered(random);
            Files.writeString(node.state.resolve("spec.json"), spec);

            KsmNodeStatus status = node.start().round();

            states.add(requireNonNull(status.state(), spec));
            assertThat(status.message()).as(spec).hasSizeLessThanOrEqualTo(256);
            assertThat(node.knobs()).as(spec).allSatisfy((knob, value) -> {
                Bounds bounds = BOUNDS.getOrDefault(knob, new Bounds(0, 1));
                assertThat(value).isBetween(bounds.min, bounds.max);
            });
            assertThat(originals()).as(spec).isIn(Optional.empty(), Optional.of(found));
        }
        assertThat(states).contains(State.APPLIED, State.FAILED);
    }

    private Optional<Map<Knob, Long>> originals() throws IOException {
        return new StateDirectory(node.state)
                .read("originals")
                .map(text -> OriginalsText.parse(text).orElseThrow().originals().knobs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxCpuPercent\": 5000", "maxCpuPercent\": -1", "maxRestSeconds\": 0"})
    void settingsThatTheApiServerWouldRefuseAreNotTaken(String setting) throws IOException {
        adaptive(setting);

        assertThat(node.start().round().state()).isEqualTo(State.FAILED);
        assertThat(node.ksm.writes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxCpuPercent\": 100", "maxCpuPercent\": 1", "maxRestSeconds\": 10"})
    void settingsThatTheApiServerWouldJustTakeAreTaken(String setting) throws IOException {
        adaptive(setting);

        assertThat(node.start().round().state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.writes()).containsExactly("max_page_sharing=512");
    }

    /** A spec in mode Adaptive that takes a write, so that it is seen whether it is taken. */
    private void adaptive(String setting) throws IOException {
        Files.writeString(node.state.resolve("spec.json"), """
                {"hash": "1", "settings": {"mode": "Adaptive", "adaptive": {"%s}, "tunables": {"maxPageSharing": 512}}}
                """.formatted(setting));
    }

    @Test
    void aSpecOfAHundredThousandBracketsIsSetAside() throws IOException {
        Files.writeString(node.state.resolve("spec.json"), "[".repeat(100_000));

        node.start().round();

        assertThat(node.state.resolve("spec.json.damaged-1")).exists();
    }

    @Test
    void damagedOriginalsAreNamedUntilTheirFileIsDeleted() throws IOException {
        Files.writeString(node.state.resolve("originals"), """
                # KSM settings as Samepage found them
                boot 11111111-2222-3333-4444-555555555555
                run 0
                pages_to_sc""");
        Agent agent = node.start();
        Path kept = node.state.resolve("originals.damaged-1");

        assertThat(agent.round().message())
                .endsWith(
                        " A part of how this node was found is lost: compare its settings with a like node's, then delete "
                                + kept + ".");
        Files.delete(kept);
        assertThat(agent.round().message()).doesNotContain("damaged");
    }

    @Test
    void whereNothingIsKnownOfHowTheNodeWasFoundKsmdIsStoppedAndThatIsSaid() throws IOException {
        node.ksm.with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 1000);
        Files.writeString(node.state.resolve("originals"), "somebody's shopping list");
        node.tell(NodeUnderTest.released(NodeUnderTest.RESTORE, NodeUnderTest.FORBIDDEN));
        KsmNodeStatus status = node.settle(node.start());

        assertThat(node.ksm.writes()).containsExactly("run=0");
        assertThat(status.message())
                .startsWith(
                        "What is known of how this node was found is put back; where it is lost, ksmd stands still and ")
                .endsWith(node.state.resolve("originals.damaged-1") + ".");
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
