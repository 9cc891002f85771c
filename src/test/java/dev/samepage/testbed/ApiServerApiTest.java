package dev.samepage.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealApiServer
class ApiServerApiTest {
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:default:agent";

    private final ApiServer server;
    private final KubernetesClient admin;

    ApiServerApiTest(ApiServer server) {
        this.server = server;
        admin = server.client();
    }

    @BeforeEach
    @AfterEach
    void noConfigMap() {
        admin.configMaps().inNamespace("default").withName("sample").delete();
    }

    @Test
    void servesTheVersionThatIsPinned() {
        assumeThat(System.getenv("KUBEBUILDER_ASSETS")).isNull();
        assertThat(admin.getKubernetesVersion().getGitVersion()).startsWith("v1.34.");
        assertThat(server.version()).startsWith("1.34.");
    }

    @Test
    void serverSideApplyRecordsWhoOwnsAField() {
        ConfigMap applied = admin.resource(sample("one"))
                .fieldManager("somebody")
                .forceConflicts()
                .serverSideApply();

        assertThat(applied.getMetadata().getManagedFields()).singleElement().satisfies(owner -> {
            assertThat(owner.getManager()).isEqualTo("somebody");
            assertThat(owner.getOperation()).isEqualTo("Apply");
        });
    }

    @Test
    void anIdenticalApplyChangesNothing() {
        String first = apply("one").getMetadata().getResourceVersion();
        String second = apply("one").getMetadata().getResourceVersion();

        assertThat(second).isEqualTo(first);
    }

    @Test
    void aUserWithoutARoleIsRefused() {
        KubernetesClient user = server.clientAs("somebody");

        assertThatThrownBy(() -> user.nodes().list())
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> {
                    assertThat(refusal.getCode()).isEqualTo(403);
                    assertThat(refusal.getMessage()).contains("User \"somebody\" cannot list resource \"nodes\"");
                });
    }

    @Test
    void aServiceAccountHasItsGroupsAndClaims() {
        KubernetesClient agent =
                server.clientAs(SERVICE_ACCOUNT, Map.of("authentication.kubernetes.io/node-name", "worker-3"));

        var user = agent.resource(new SelfSubjectReview()).create().getStatus().getUserInfo();

        assertThat(user.getUsername()).isEqualTo(SERVICE_ACCOUNT);
        assertThat(user.getGroups()).contains("system:serviceaccounts", "system:authenticated");
        assertThat(user.getExtra()).isEqualTo(Map.of("authentication.kubernetes.io/node-name", List.of("worker-3")));
    }

    @Test
    void kubectlSeesWhatAClientCreated() {
        apply("one");

        Command.Output output = server.kubectl("get", "configmap", "sample", "--output=jsonpath={.data.key}");

        assertThat(output).isEqualTo(new Command.Output(0, "one", ""));
    }

    @Test
    void kubectlReadsStandardInput() {
        String manifest = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: sample}
                """;

        assertThat(server.kubectlReading(manifest, "apply", "--filename=-").stdout())
                .isEqualTo("configmap/sample created\n");
    }

    @Test
    void kubectlSaysWhatWentWrong() {
        assertThat(server.kubectl("get", "node", "nowhere"))
                .isEqualTo(new Command.Output(1, "", "Error from server (NotFound): nodes \"nowhere\" not found\n"));
    }

    @Test
    void theAuditLogCountsEachWriteOnce() {
        AuditLog log = server.auditLog().fromNow();

        apply("one");
        apply("two");

        await().untilAsserted(() -> assertThat(log.requests())
                .filteredOn(request -> request.isWrite() && request.name().equals("sample"))
                .extracting(AuditLog.Request::verb, AuditLog.Request::resource, AuditLog.Request::code)
                .containsExactly(tuple("patch", "configmaps", 201), tuple("patch", "configmaps", 200)));
    }

    @Test
    void theAuditLogNamesTheImpersonatedUser() {
        AuditLog log = server.auditLog().fromNow();

        assertThatThrownBy(() -> server.clientAs(SERVICE_ACCOUNT).nodes().list())
                .isInstanceOf(KubernetesClientException.class);

        await().untilAsserted(() -> assertThat(log.requests())
                .contains(new AuditLog.Request(
                        SERVICE_ACCOUNT,
                        admin.getConfiguration().getUserAgent(),
                        "list",
                        "",
                        "nodes",
                        "",
                        "",
                        "",
                        403)));
    }

    @Test
    void aSecondServerIsASecondCluster() throws UnavailableException {
        apply("one");
        Path directory;
        try (ApiServer second = ApiServer.start(ServerBinaries.find(line -> {}))) {
            directory = second.kubeconfig().getParent();
            assertThat(second.client()
                            .configMaps()
                            .inNamespace("default")
                            .withName("sample")
                            .get())
                    .isNull();
        }
        assertThat(directory).doesNotExist();
    }

    private ConfigMap apply(String value) {
        return admin.resource(sample(value))
                .fieldManager("somebody")
                .forceConflicts()
                .serverSideApply();
    }

    private static ConfigMap sample(String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("sample")
                .endMetadata()
                .addToData("key", value)
                .build();
    }
}
