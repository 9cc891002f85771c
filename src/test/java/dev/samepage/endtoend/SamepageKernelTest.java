package dev.samepage.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import dev.samepage.demo.HostDirectories;
import dev.samepage.demo.OneNode;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.testbed.guests.ProcessGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A policy applied with kubectl changes this machine's real KSM, is reported on, and leaves everything as it was found. */
@RealKsm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SamepageKernelTest {
    private static final String FIXED = "manifests/examples/fixed.yaml";

    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));

    @SuppressWarnings("NullAway.Init") // where it cannot be started, no test runs
    private OneNode cluster;

    @SuppressWarnings("NullAway.Init")
    private SamepageProcess agent;

    @SuppressWarnings("NullAway.Init")
    private Path state;

    @BeforeAll
    void startCluster() {
        try {
            cluster = OneNode.start("worker-1", System.err::println);
        } catch (UnavailableException e) {
            System.err.printf("%n*** SamepageKernelTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        cluster.install();
        cluster.register();
        cluster.startOperator();
    }

    @AfterAll
    void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void startAgent(@TempDir Path directory) {
        state = directory.resolve("state");
        agent = newAgent();
    }

    @AfterEach
    void stopAgent() {
        cluster.release();
        agent.close();
    }

    private SamepageProcess newAgent() {
        return cluster.startHealthyAgent(
                new HostDirectories(Ksm.DEFAULT, Path.of("/proc"), state), "--report-every", "1s");
    }

    private void applyFixed() {
        cluster.mustKubectl("apply", "-f", FIXED);
        cluster.mustKubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksmp/fixed");
    }

    private Map<Knob, Long> knobs() throws IOException {
        return ksm.read();
    }

    private KsmNode ksmNode() {
        return requireNonNull(cluster.ksmNode(), "the KsmNode of worker-1");
    }

    @Test
    void aPolicyIsInTheKernelOnceItIsReady() throws IOException {
        applyFixed();

        assertThat(knobs())
                .containsEntry(Knob.RUN, 1L)
                .containsEntry(Knob.PAGES_TO_SCAN, 1000L)
                .containsEntry(Knob.SLEEP_MILLISECS, 20L);
    }

    @Test
    void aReadyPolicysNodesAreFoundByTheirState() {
        applyFixed();

        assertThat(cluster.mustKubectl("get", "ksmn", "--field-selector", "status.state=Applied", "-o", "name"))
                .isEqualTo("ksmnode.ksm.samepage.dev/worker-1\n");
    }

    @Test
    void applyingTheSameFileAgainChangesNothing() {
        applyFixed();

        assertThat(cluster.mustKubectl("apply", "-f", FIXED)).isEqualTo("ksmpolicy.ksm.samepage.dev/fixed unchanged\n");
    }

    @Test
    void deletingThePolicyPutsEveryKnobBack() throws IOException {
        Map<Knob, Long> found = knobs();
        applyFixed();

        cluster.mustKubectl("delete", "ksmp", "fixed");

        cluster.await("the node to be released", () -> cluster.ksmNode() == null);
        assertThat(knobs()).isEqualTo(found);
        cluster.await("the journal to be empty", () -> !Files.exists(state.resolve("originals")));
    }

    @Test
    void whatIsReportedIsWhatTheKernelCounts() throws IOException {
        try (GuestFleet guests = GuestFleet.start(3, new ProcessGuest(GuestMemory.of(20, 2)))) {
            guests.awaitReady();
            cluster.mustKubectl("apply", "-f", "manifests/examples/classic.yaml");
            cluster.await("the guests' common memory to be merged", () -> saved() >= 40L << 20);
            cluster.mustKubectl("apply", "-f", "manifests/examples/stopped.yaml");
            cluster.mustKubectl("delete", "ksmp", "classic");
            cluster.mustKubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksmp/stopped");
            Counters counters = ksm.counters();

            cluster.await("the policy to report what is saved", () -> saved() == counters.savedBytes(4096));

            KsmPolicy policy = cluster.client()
                    .resources(KsmPolicy.class)
                    .withName("stopped")
                    .get();
            assertThat(requireNonNull(policy.getStatus().memory()).savedBytes()).isEqualTo(counters.savedBytes(4096));
            assertThat(requireNonNull(policy.getStatus().memory()).profitBytes())
                    .isEqualTo(counters.profitBytes(4096));
        }
    }

    /** What the policies report as saved; 0 before they report anything. */
    private long saved() {
        return cluster.client().resources(KsmPolicy.class).list().getItems().stream()
                .filter(policy ->
                        policy.getStatus() != null && policy.getStatus().memory() != null)
                .mapToLong(policy -> requireNonNull(policy.getStatus().memory()).savedBytes())
                .max()
                .orElse(0);
    }

    @Test
    void endingTheAgentChangesNothingOnTheNode() throws IOException {
        applyFixed();
        Map<Knob, Long> applied = knobs();

        agent.close();

        assertThat(knobs()).isEqualTo(applied);
        agent = newAgent();
    }

    @Test
    void aKilledAgentStillKnowsWhatItFound() throws IOException {
        Map<Knob, Long> found = knobs();
        applyFixed();
        agent.kill();
        agent = newAgent();

        cluster.release();

        assertThat(knobs()).isEqualTo(found);
    }

    @Test
    void whatAnAgentLeftThatIsGoneIsPutBackByACommand() throws IOException {
        Map<Knob, Long> found = knobs();
        applyFixed();
        agent.kill();

        restore().orThrow();

        assertThat(knobs()).isEqualTo(found);
        agent = newAgent();
    }

    @Test
    void whatTheKernelTakesOnlyWhereNothingIsMergedIsPutBackByTheCommandThatUnmerges() throws IOException {
        Map<Knob, Long> found = knobs();
        try (GuestFleet guests = GuestFleet.start(2, new ProcessGuest(GuestMemory.of(10, 0)))) {
            guests.awaitReady();
            cluster.mustKubectl("apply", "-f", wide().toString());
            cluster.await("the guests' common memory to be merged", () -> saved() >= 10L << 20);
            agent.kill();

            Command.Output refused = restore();
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.stderr()).contains("max_page_sharing", "--unmerge gives them back first.");
            restore("--unmerge").orThrow();

            assertThat(knobs()).isEqualTo(found);
        }
        agent = newAgent();
    }

    @Test
    void whatTheKernelTakesOnlyWhereNothingIsMergedIsPutBackOnceTheGuestsAreGone() throws IOException {
        Map<Knob, Long> found = knobs();
        try (GuestFleet guests = GuestFleet.start(2, new ProcessGuest(GuestMemory.of(10, 0)))) {
            guests.awaitReady();
            cluster.mustKubectl("apply", "-f", wide().toString());
            cluster.await("the guests' common memory to be merged", () -> saved() >= 10L << 20);
            cluster.mustKubectl("delete", "ksmp", "wide");
            cluster.await("the refusal", () -> ksmNode().getStatus().state() == State.FAILED);
            assertThat(knobs()).containsEntry(Knob.RUN, 0L).containsEntry(Knob.MAX_PAGE_SHARING, 512L);
        }

        cluster.await("the node to be released", () -> cluster.ksmNode() == null);

        assertThat(knobs()).isEqualTo(found);
    }

    @Test
    void theCommandRefusesWhileTheAgentRuns() throws IOException {
        applyFixed();
        Map<Knob, Long> applied = knobs();

        Command.Output output = restore();

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.stderr())
                .startsWith("Refused: another samepage works on this host, it holds " + state + "/lock.");
        assertThat(knobs()).isEqualTo(applied);
    }

    private Path wide() throws IOException {
        return Files.writeString(state.resolveSibling("policy.yaml"), """
                apiVersion: ksm.samepage.dev/v1alpha1
                kind: KsmPolicy
                metadata: {name: wide}
                spec: {nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 5000, sleepMillis: 20}, tunables: {maxPageSharing: 512}}
                """);
    }

    private Command.Output restore(String... more) {
        List<String> words = new ArrayList<>(
                List.of(SamepageProcess.PROGRAM.toAbsolutePath().toString(), "restore", "--state", state.toString()));
        words.addAll(List.of(more));
        return Command.of(words.toArray(String[]::new)).run();
    }

    @Test
    void anUnmergedPolicyGivesTheGuestsTheirPagesBack() {
        try (GuestFleet guests = GuestFleet.start(2, new ProcessGuest(GuestMemory.of(10, 0)))) {
            guests.awaitReady();
            cluster.mustKubectl("apply", "-f", "manifests/examples/classic.yaml");
            cluster.await("the guests' common memory to be merged", () -> saved() >= 10L << 20);
            cluster.mustKubectl("delete", "ksmp", "classic");

            cluster.mustKubectl("apply", "-f", "manifests/examples/unmerged.yaml");
            cluster.mustKubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksmp/unmerged");

            assertThat(ksmNode().getStatus().state()).isEqualTo(State.APPLIED);
            assertThat(requireNonNull(ksmNode().getStatus().memory()).savedBytes())
                    .isZero();
        }
    }

    @Test
    void theKsmNodeStaysSmall() {
        applyFixed();

        String whole = cluster.mustKubectl("get", "ksmn", "worker-1", "--show-managed-fields", "-o", "json");

        assertThat(whole.replaceAll("\\n\\s*", "")).hasSizeLessThan(4000);
    }
}
