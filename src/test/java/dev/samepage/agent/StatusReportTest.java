package dev.samepage.agent;

import static dev.samepage.agent.NodeUnderTest.condition;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.samepage.agent.StatusReport.Measured;
import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KernelStatus;
import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.LapStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Phase;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.Knob;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusReportTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.75Z");
    private static final Standing APPLIED = new Standing("h", State.APPLIED, "All is well.", null);
    private static final String UUID = "01234567-89ab-cdef-0123-456789abcdef";
    private static final Tunables LARGEST_TUNABLES = new Tunables(false, 65_536, false, false, false, 3_600_000);

    private final StatusReport report = new StatusReport(new Kernel("6.18.0", "boot", 4096));

    @Test
    void saysWhatWasActedOnAndHowItWent() {
        KsmNodeStatus status = status(APPLIED, null);

        assertThat(status.observedGeneration()).isEqualTo(7);
        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.message()).isEqualTo("All is well.");
        assertThat(status.hash()).isEqualTo("h");
    }

    @Test
    void timesAreWholeSeconds() {
        assertThat(status(APPLIED, null).sampleTime()).isEqualTo("2026-03-01T12:00:00Z");
    }

    @Test
    void namesTheKnobsThatTheKernelLacks() {
        Sample sample = Samples.of(Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L), Map.of(), List.of());

        assertThat(status(sample).kernel())
                .isEqualTo(new KernelStatus(
                        "6.18.0",
                        "boot",
                        4096L,
                        List.of(
                                "sleep_millisecs",
                                "merge_across_nodes",
                                "use_zero_pages",
                                "max_page_sharing",
                                "stable_node_chains_prune_millisecs",
                                "smart_scan",
                                "advisor_mode",
                                "advisor_max_cpu",
                                "advisor_min_pages_to_scan",
                                "advisor_max_pages_to_scan",
                                "advisor_target_scan_time")));
    }

    @Test
    void showsTheSettingsInTheKernelsWords() {
        Sample sample =
                Samples.of(Map.of(Knob.RUN, 5L, Knob.PAGES_TO_SCAN, 100L, Knob.ADVISOR_MODE, 1L), Map.of(), List.of());

        assertThat(status(sample).settings())
                .isEqualTo(Map.of("run", "5", "pages_to_scan", "100", "advisor_mode", "scan-time"));
    }

    @Test
    void showsTheCountersThatThereAre() {
        Sample sample = Samples.of(
                Map.of(),
                Map.of(
                        Counter.PAGES_SHARED, 1L,
                        Counter.PAGES_SHARING, 2L,
                        Counter.PAGES_UNSHARED, 3L,
                        Counter.PAGES_VOLATILE, 4L,
                        Counter.FULL_SCANS, 5L),
                List.of());

        assertThat(status(sample).counters())
                .isEqualTo(new KsmCounters(1L, 2L, 3L, 4L, null, null, null, 5L, null, null));
    }

    @Test
    void savedIsPagesSharingAndZeroPages() {
        Sample sample = Samples.of(
                Map.of(),
                Map.of(
                        Counter.PAGES_SHARED, 1000L,
                        Counter.PAGES_SHARING, 2560L,
                        Counter.KSM_ZERO_PAGES, 256L,
                        Counter.GENERAL_PROFIT, -5L),
                List.of());

        assertThat(status(sample).memory())
                .isEqualTo(new MemoryStatus("11Mi", 11_534_336L, "-1Ki", -5L, 17_179_869_184L, 4_294_967_296L));
    }

    @Test
    void theCpuOfKsmdHasOneDecimal() {
        assertThat(ofKsmd(12.349).ksmd()).isEqualTo(new KsmdStatus("12.3"));
    }

    @Test
    void anUnknownCpuOfKsmdIsAbsent() {
        assertThat(ofKsmd(null).ksmd()).isNull();
    }

    @Test
    void countsTheGuests() {
        Sample sample =
                Samples.of(Map.of(), Map.of(), List.of(new Guest(1, "default_vm1", 5), new Guest(2, "default_vm2", 6)));

        assertThat(status(sample).guests()).isEqualTo(2);
    }

    @Test
    void aNodeWithoutKsmHasNoFigures() {
        KsmNodeStatus status =
                report.of(new Standing("h", State.FAILED, "There is no KSM.", null), null, NOON, 7L, null);

        assertThat(status)
                .isEqualTo(new KsmNodeStatus(
                        7L,
                        State.FAILED,
                        "There is no KSM.",
                        "h",
                        new KernelStatus("6.18.0", "boot", 4096L, List.of()),
                        Map.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "2026-03-01T12:00:00Z",
                        List.of(
                                new Condition(
                                        "2026-03-01T12:00:00Z", "There is no KSM.", 7L, "Failed", "False", "Ready"),
                                new Condition(
                                        "2026-03-01T12:00:00Z",
                                        "Everything that was asked for can be had on this kernel.",
                                        7L,
                                        "Complete",
                                        "False",
                                        "Degraded"),
                                new Condition(
                                        "2026-03-01T12:00:00Z", "There is no KSM.", 7L, "Failed", "True", "Stalled"))));
    }

    @Test
    void aNodeIsReadyUnlessItFailedOrIsOnTheWay() {
        assertThat(ready(State.APPLIED)).isEqualTo("True");
        assertThat(ready(State.OBSERVING)).isEqualTo("True");
        assertThat(ready(State.RESTORED)).isEqualTo("True");
        assertThat(ready(State.APPLYING)).isEqualTo("False");
        assertThat(ready(State.FAILED)).isEqualTo("False");
    }

    @Test
    void onlyAFailureIsStalledAndOnlyANodeOnTheWayIsReconciling() {
        assertThat(types(State.APPLIED)).containsExactly("Ready", "Degraded");
        assertThat(types(State.OBSERVING)).containsExactly("Ready", "Degraded");
        assertThat(types(State.RESTORED)).containsExactly("Ready", "Degraded");
        assertThat(types(State.APPLYING)).containsExactly("Ready", "Degraded", "Reconciling");
        assertThat(types(State.FAILED)).containsExactly("Ready", "Degraded", "Stalled");
    }

    @Test
    void whatCannotBeHadIsACondition() {
        Standing standing = new Standing("h", State.APPLIED, "m", "This kernel has no smart_scan.");

        assertThat(condition(status(standing, null), "Degraded"))
                .isEqualTo(new Condition(
                        "2026-03-01T12:00:00Z",
                        "This kernel has no smart_scan.",
                        7L,
                        "KnobMissing",
                        "True",
                        "Degraded"));
    }

    @Test
    void aConditionThatKeepsItsStatusKeepsItsTime() {
        KsmNodeStatus before = status(APPLIED, null);
        Standing observing = new Standing("h", State.OBSERVING, "Nothing is changed.", null);

        KsmNodeStatus status = report.of(observing, null, NOON.plus(Duration.ofHours(1)), 8L, before);

        assertThat(condition(status, "Ready"))
                .isEqualTo(
                        new Condition("2026-03-01T12:00:00Z", "Nothing is changed.", 8L, "Observing", "True", "Ready"));
    }

    @Test
    void aConditionThatChangesItsStatusBeginsAnew() {
        KsmNodeStatus before = status(APPLIED, null);
        Standing failed = new Standing("h", State.FAILED, "Refused.", null);

        KsmNodeStatus status = report.of(failed, null, NOON.plus(Duration.ofHours(1)), 8L, before);

        assertThat(condition(status, "Ready").getLastTransitionTime()).isEqualTo("2026-03-01T13:00:00Z");
        assertThat(condition(status, "Degraded").getLastTransitionTime()).isEqualTo("2026-03-01T12:00:00Z");
    }

    @Test
    void aMessageIsOneLineThatCannotSpeakToATerminal() {
        assertThat(StatusReport.shortened("refused\nforged: line\u001b[2J")).isEqualTo("refused forged: line[2J");
    }

    @Test
    void aMessageOf256CharactersIsLeftWhole() {
        assertThat(StatusReport.shortened("x".repeat(256))).isEqualTo("x".repeat(256));
    }

    @Test
    void ofALongerMessageTheMiddleIsLeftOut() {
        assertThat(StatusReport.shortened("a".repeat(129) + "z".repeat(128)))
                .isEqualTo("a".repeat(127) + "…" + "z".repeat(128));
    }

    @Test
    void aCharacterOfTwoHalvesIsNotCutInTwo() {
        assertThat(StatusReport.shortened("a".repeat(126) + "😀" + "m".repeat(200) + "😀" + "z".repeat(127)))
                .isEqualTo("a".repeat(126) + "…" + "z".repeat(127));
    }

    @Test
    void everyMessageIsCut() {
        Standing standing = new Standing("h", State.FAILED, "m".repeat(999), "d".repeat(999));
        KsmNodeStatus status = status(standing, null);

        assertThat(status.message()).hasSize(256);
        assertThat(status.conditions()).extracting(c -> c.getMessage().length()).containsExactly(256, 256, 256);
    }

    @Test
    void saysWhatAdaptiveDoesAndWhy() {
        KsmNodeStatus status = status(new Progress(Phase.BOOST, "512 MiB no lap has seen", new LapStatus(40)));

        assertThat(status.phase()).isEqualTo(Phase.BOOST);
        assertThat(status.phaseReason()).isEqualTo("512 MiB no lap has seen");
        assertThat(status.lap()).isEqualTo(new LapStatus(40));
    }

    @Test
    void aLapThatNobodyMakesIsAbsent() {
        assertThat(status(new Progress(Phase.REST, "r", null)).lap()).isNull();
    }

    @Test
    void aModeWithoutPhasesHasNone() {
        KsmNodeStatus status = ofKsmd(null);

        assertThat(status.phase()).isNull();
        assertThat(status.phaseReason()).isNull();
        assertThat(status.lap()).isNull();
    }

    @Test
    void theReasonOfAPhaseIsCut() {
        assertThat(status(new Progress(Phase.REST, "r".repeat(257), null)).phaseReason())
                .isEqualTo("r".repeat(127) + "…" + "r".repeat(128));
    }

    @Test
    void aNodeThatRefusedSomethingSaysThatAndNoPhase() {
        KsmNodeStatus status = report.of(
                new Standing("h", State.FAILED, "Refused.", null),
                largest(new Progress(Phase.BOOST, "r", new LapStatus(100))),
                NOON,
                7L,
                null);

        assertThat(status.phase()).isNull();
        assertThat(status.phaseReason()).isNull();
        assertThat(status.lap()).isNull();
    }

    @Test
    void aNodeThatGivesWayNamesToWhomInOneConditionAndPointsThereInTheOthers() {
        KsmNodeStatus status = status(new Standing("h", State.CONTENDED, "It is ksmtuned.", null, "Ksmtuned"), null);

        assertThat(status.message()).isEqualTo("It is ksmtuned.");
        assertThat(status.conditions())
                .extracting(c -> c.getType() + "=" + c.getStatus() + " " + c.getReason() + ": " + c.getMessage())
                .containsExactly(
                        "Ready=False Contended: Condition Contended says why.",
                        "Degraded=False Complete: Everything that was asked for can be had on this kernel.",
                        "Stalled=True Contended: Condition Contended says why.",
                        "Contended=True Ksmtuned: It is ksmtuned.");
    }

    /** As the API server shows it: without managedFields, and without fields that are null. */
    @ParameterizedTest
    @EnumSource(State.class)
    void theWholeObjectStaysUnder4000Bytes(State state) throws IOException {
        Settings advisor = new Settings(
                Mode.KERNEL_ADVISOR,
                new Fixed(100_000, 60_000),
                new KernelAdvisor(86_400, 100, 100_000, 100_000),
                null,
                LARGEST_TUNABLES);
        Settings adaptive = new Settings(
                Mode.ADAPTIVE,
                null,
                null,
                new Adaptive(100, "9999Gi", 86_400, Activation.MEMORY_PRESSURE, 99),
                LARGEST_TUNABLES);

        assertThat(largest(state, advisor)).hasSizeLessThan(4000);
        assertThat(largest(state, adaptive)).hasSizeLessThan(4000);
    }

    private static byte[] largest(State state, Settings settings) throws IOException {
        Standing standing = new Standing(
                "0123456789ab",
                state,
                "m".repeat(999),
                "d".repeat(999),
                state == State.CONTENDED ? "HarvesterNodeManager" : null);
        KsmNode node = new KsmNode();
        node.setMetadata(new ObjectMetaBuilder()
                .withName("n".repeat(64))
                .withUid(UUID)
                .withResourceVersion(Long.toString(Long.MAX_VALUE))
                .withGeneration(Long.MAX_VALUE)
                .withCreationTimestamp("2026-03-01T12:00:00Z")
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName("n".repeat(64))
                        .withUid(UUID)
                        .build())
                .build());
        node.setSpec(new KsmNodeSpec(
                new KsmNodeSpec.PolicyReference("p".repeat(64), Long.MAX_VALUE),
                settings,
                new Unmerge(false, 90),
                OnRemoval.RESTORE_AND_UNMERGE,
                "0123456789ab"));
        node.setStatus(new StatusReport(new Kernel("r".repeat(64), UUID, 65_536))
                .of(
                        standing,
                        largest(new Progress(Phase.BOOST, "r".repeat(999), new LapStatus(100))),
                        NOON,
                        Long.MAX_VALUE,
                        null));
        return JsonMapper.builder()
                .serializationInclusion(JsonInclude.Include.NON_NULL)
                .build()
                .writeValueAsBytes(node);
    }

    private static Measured largest(Progress progress) {
        return new Measured(Samples.largest(), 9999.9, Verdict.EFFECTIVE, progress);
    }

    private KsmNodeStatus status(Standing standing, @Nullable KsmNodeStatus previous) {
        return report.of(standing, null, NOON, 7L, previous);
    }

    private KsmNodeStatus status(Sample sample) {
        return report.of(APPLIED, new Measured(sample, null, Verdict.PENDING, null), NOON, 7L, null);
    }

    private KsmNodeStatus ofKsmd(@Nullable Double ksmdPercent) {
        Sample sample = Samples.of(Map.of(), Map.of(), List.of());
        return report.of(APPLIED, new Measured(sample, ksmdPercent, Verdict.PENDING, null), NOON, 7L, null);
    }

    private KsmNodeStatus status(Progress progress) {
        Sample sample = Samples.of(Map.of(), Map.of(), List.of());
        return report.of(APPLIED, new Measured(sample, null, Verdict.PENDING, progress), NOON, 7L, null);
    }

    private String ready(State state) {
        return condition(status(new Standing("h", state, "m", null), null), "Ready")
                .getStatus();
    }

    private List<String> types(State state) {
        return status(new Standing("h", state, "m", null), null).conditions().stream()
                .map(Condition::getType)
                .toList();
    }
}
