package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static dev.samepage.operator.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Onlooker;
import dev.samepage.testbed.RealApiServer;
import dev.samepage.testbed.UnavailableException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Flux, {@code helm --wait} and Argo CD make of a KsmPolicy, by its status as the operator writes it. */
@RealApiServer
class HealthApiTest {
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped, rollout: {maxConcurrent: 2}}";
    private static final String CONFLICT = "Of the same priority (0), and matching some of the same nodes: b."
            + " The lowest name wins them; give one of the policies another priority.";

    @SuppressWarnings("NullAway.Init") // where they are not to be had, no test runs
    private static Onlooker flux;

    @SuppressWarnings("NullAway.Init")
    private static Onlooker argoCd;

    private final ApiServer server;
    private final Cluster cluster;
    private final RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    HealthApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
        cluster.clear();
        operator = RunningOperator.start(server);
    }

    @BeforeAll
    static void findOnlookers() {
        try {
            flux = Onlooker.kstatus(System.err::println);
            argoCd = Onlooker.argoCd(Onlooker.HEALTH_CHECK, System.err::println);
        } catch (UnavailableException e) {
            System.err.printf("%n*** HealthApiTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void aPolicyThatNobodyHasLookedAtYetIsInProgress() {
        operator.close();

        cluster.apply("a", STOPPED);

        assertThat(says(flux, "a"))
                .isEqualTo("InProgress KsmPolicy generation is 1, but latest observed generation is -1");
        assertThat(says(argoCd, "a")).isEqualTo("Progressing Waiting for the first report");
    }

    @Test
    void aPolicyWhoseNodesAreOnTheWayIsInProgress() {
        aPolicyWithOneNodeOfTwoDone();

        assertThat(says(flux, "a")).isEqualTo("InProgress 1 node on the way.");
        assertThat(says(argoCd, "a")).isEqualTo("Progressing 1 of 2 nodes as the policy wants, 1 on the way.");
    }

    @Test
    void aPolicyWhoseNodesAreAllAsItWantsIsCurrent() {
        anAppliedPolicy();

        assertThat(says(flux, "a")).isEqualTo("Current Resource is Ready");
        assertThat(says(argoCd, "a")).isEqualTo("Healthy 1 of 1 node as the policy wants.");
    }

    @Test
    void aPolicyThatANodeRefusedHasFailedAlsoWhileOthersAreOnTheWay() {
        aPolicyWithOneNodeOfTwoDone();

        cluster.report("n1", State.FAILED, "no KSM in this kernel");
        cluster.policyWith("a", "Stalled", "True", "NodesFailed");

        String why = "1 of 2 nodes failed; Ready names the first, examples the first five.";
        assertThat(says(flux, "a")).isEqualTo("Failed " + why);
        assertThat(says(argoCd, "a")).isEqualTo("Degraded " + why);
    }

    @Test
    void aPausedPolicyWhoseNodesAreAsItWantsIsCurrentAndSuspended() {
        anAppliedPolicy();

        cluster.apply("a", "{nodeSelector: {}, mode: Stopped, paused: true}");
        cluster.policyWith("a", "Ready", "True", "Paused");

        assertThat(says(flux, "a")).isEqualTo("Current Resource is Ready");
        assertThat(says(argoCd, "a"))
                .isEqualTo("Suspended 1 of 1 node as the policy wants. Paused: no node is told anything else.");
    }

    /** kstatus has no word for it; a Deployment that is paused half-way is in progress too. */
    @Test
    void aPolicyPausedBeforeItsNodesAreAsItWantsIsInProgressAndSuspended() {
        anAppliedPolicy();

        cluster.apply("a", "{nodeSelector: {}, mode: Observe, paused: true}");
        cluster.policyWith("a", "Ready", "False", "Paused");

        String why = "0 of 1 node as the policy wants, 1 on the way. Paused: no node is told anything else.";
        assertThat(says(flux, "a")).isEqualTo("InProgress " + why);
        assertThat(says(argoCd, "a")).isEqualTo("Suspended " + why);
    }

    @Test
    void anEditThatNobodyHasSeenYetIsInProgress() {
        anAppliedPolicy();
        operator.close();

        cluster.apply("a", "{nodeSelector: {}, mode: Observe}");

        assertThat(says(flux, "a"))
                .isEqualTo("InProgress KsmPolicy generation is 2, but latest observed generation is 1");
        assertThat(says(argoCd, "a")).isEqualTo("Progressing Waiting for a report on the last change");
    }

    @Test
    void aPolicyThatMatchesNoNodeIsCurrent() {
        cluster.apply("a", STOPPED);
        cluster.policyWith("a", "Ready", "True", "NoNodes");

        assertThat(says(flux, "a")).isEqualTo("Current Resource is Ready");
        assertThat(says(argoCd, "a")).isEqualTo("Healthy nodeSelector matches no node.");
    }

    @Test
    void aTieHasFailedBecauseItDoesNotEndByItself() {
        anAppliedPolicy();

        cluster.apply("b", STOPPED);
        cluster.policyWith("a", "Stalled", "True", "Conflicted");

        assertThat(says(flux, "a")).isEqualTo("Failed " + CONFLICT);
        assertThat(says(argoCd, "a")).isEqualTo("Degraded " + CONFLICT);
    }

    @Test
    void aPolicyThatIsBeingDeletedIsTerminating() {
        anAppliedPolicy();
        finalizers("[\"example.org/later\"]");
        cluster.deletePolicy("a");

        try {
            assertThat(says(flux, "a")).isEqualTo("Terminating Resource scheduled for deletion");
            assertThat(says(argoCd, "a")).isEqualTo("Progressing Pending deletion");
        } finally {
            finalizers("[]");
        }
    }

    private void anAppliedPolicy() {
        cluster.addNode("n1", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "n1");
        cluster.report("n1", State.APPLIED, "");
        cluster.policyWith("a", "Ready", "True", "Applied");
    }

    private void aPolicyWithOneNodeOfTwoDone() {
        cluster.addNode("n1", Map.of());
        cluster.addNode("n2", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "n1");
        cluster.specFrom("a", "n2");
        cluster.report("n1", State.APPLIED, "");
        await().atMost(SOON)
                .until(() -> condition(cluster.policyWith("a", "Reconciling", "True", "Progressing"), "Reconciling")
                        .getMessage()
                        .equals("1 node on the way."));
    }

    private void finalizers(String names) {
        server.kubectl(
                "patch", "ksmp", "a", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":%s}}".formatted(names));
    }

    private String says(Onlooker onlooker, String policy) {
        return onlooker.saysOf(
                server.kubectl("get", "ksmp", policy, "-o", "json").stdout());
    }
}
