package dev.samepage.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.testbed.AuditLog.Request;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RightsTest {
    private static final String ROLES = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: painter}
            rules:
              - {apiGroups: [""], resources: [nodes], verbs: [list]}
              - {apiGroups: [example.org], resources: [walls/status], verbs: [patch]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: painter}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: painter}
            subjects: [{kind: ServiceAccount, name: painter, namespace: art}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: painter, namespace: art}
            rules:
              - {apiGroups: [apps], resources: [daemonsets], verbs: [create, patch]}
              - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [brush], verbs: [update]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: painter, namespace: art}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: painter}
            subjects: [{kind: ServiceAccount, name: painter, namespace: art}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: everybody}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:basic-user}
            subjects: [{kind: Group, name: 'system:authenticated'}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: namesake, namespace: art}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: of-another}
            subjects: [{kind: ServiceAccount, name: painter, namespace: elsewhere}]
            """;

    private static final Right LIST_NODES = new Right("list", "", "nodes", "", "", "");
    private static final Right PATCH_STATUS = new Right("patch", "example.org", "walls", "status", "", "");
    private static final Right CREATE_DAEMON_SETS = new Right("create", "apps", "daemonsets", "", "art", "");
    private static final Right PATCH_DAEMON_SETS = new Right("patch", "apps", "daemonsets", "", "art", "");
    private static final Right UPDATE_LEASE = new Right("update", "coordination.k8s.io", "leases", "", "art", "brush");

    private final Rights rights = Rights.of("art", "painter", objects(ROLES));

    @SuppressWarnings("NullAway.Init")
    private Path log;

    @BeforeEach
    void emptyLog(@TempDir Path directory) throws IOException {
        log = Files.createFile(directory.resolve("audit.log"));
    }

    @Test
    void readsWhatIsBoundToTheServiceAccountByName() {
        assertThat(rights.user()).isEqualTo("system:serviceaccount:art:painter");
        assertThat(rights.granted())
                .containsExactly(LIST_NODES, PATCH_STATUS, CREATE_DAEMON_SETS, PATCH_DAEMON_SETS, UPDATE_LEASE);
    }

    @Test
    void aRightIsCalledAsItsRuleSays() {
        assertThat(rights.granted())
                .extracting(Right::toString)
                .containsExactly(
                        "list nodes",
                        "patch walls.example.org/status",
                        "create daemonsets.apps in art",
                        "patch daemonsets.apps in art",
                        "update leases.coordination.k8s.io brush in art");
    }

    @Test
    void withoutARequestEveryRightIsUnused() {
        assertThat(unused()).containsExactlyElementsOf(rights.granted());
    }

    @Test
    void aRequestUsesTheRightThatItNeeds() throws IOException {
        asked("list", "{'resource':'nodes','apiVersion':'v1'}", 200);
        asked("patch", "{'resource':'walls','name':'w','apiGroup':'example.org','subresource':'status'}", 200);

        assertThat(unused()).doesNotContain(LIST_NODES, PATCH_STATUS);
    }

    @Test
    void aPatchThatMakesTheObjectUsesTheRightToCreateItToo() throws IOException {
        asked("patch", "{'resource':'daemonsets','namespace':'art','name':'d','apiGroup':'apps'}", 201);

        assertThat(unused()).containsExactly(LIST_NODES, PATCH_STATUS, UPDATE_LEASE);
    }

    @Test
    void aPatchOfWhatIsThereDoesNotUseTheRightToCreate() throws IOException {
        asked("patch", "{'resource':'daemonsets','namespace':'art','name':'d','apiGroup':'apps'}", 200);

        assertThat(unused()).contains(CREATE_DAEMON_SETS).doesNotContain(PATCH_DAEMON_SETS);
    }

    @Test
    void aSubresourceIsAnotherThing() throws IOException {
        asked("patch", "{'resource':'walls','name':'w','apiGroup':'example.org'}", 200);

        assertThat(unused()).contains(PATCH_STATUS);
    }

    @Test
    void aRightInOneNamespaceIsNotUsedByARequestInAnother() throws IOException {
        asked("patch", "{'resource':'daemonsets','namespace':'default','name':'d','apiGroup':'apps'}", 200);

        assertThat(unused()).contains(PATCH_DAEMON_SETS);
    }

    @Test
    void aRightToOneObjectIsNotUsedByARequestForAnother() throws IOException {
        asked(
                "update",
                "{'resource':'leases','namespace':'art','name':'roller','apiGroup':'coordination.k8s.io'}",
                200);
        assertThat(unused()).contains(UPDATE_LEASE);

        asked("update", "{'resource':'leases','namespace':'art','name':'brush','apiGroup':'coordination.k8s.io'}", 200);
        assertThat(unused()).doesNotContain(UPDATE_LEASE);
    }

    @Test
    void whatSomebodyElseDoesUsesNothing() throws IOException {
        asked("system:admin", "list", "{'resource':'nodes'}", 200);

        assertThat(unused()).contains(LIST_NODES);
    }

    @Test
    void aRequestThatFailedForAnotherReasonHasUsedItsRight() throws IOException {
        asked("patch", "{'resource':'walls','name':'w','apiGroup':'example.org','subresource':'status'}", 409);

        assertThat(unused()).doesNotContain(PATCH_STATUS);
    }

    @Test
    void aRefusedRequestIsNamedAndUsesNothing() throws IOException {
        asked("list", "{'resource':'nodes'}", 403);
        asked("system:admin", "list", "{'resource':'nodes'}", 403);

        assertThat(rights.refusedAmong(requests()))
                .containsExactly(new Request(
                        "system:serviceaccount:art:painter", "brush/1.0", "list", "", "nodes", "", "", "", 403));
        assertThat(unused()).contains(LIST_NODES);
    }

    @Test
    void aRuleForEverythingIsRefused() {
        assertThatThrownBy(() -> Rights.of("art", "painter", objects(ROLES.replace("[patch]", "['*']"))))
                .hasMessage("[*] of [walls/status] on [example.org] ([]) cannot be told one by one");
    }

    @Test
    void aBindingToARoleThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> Rights.of(
                        "art",
                        "painter",
                        objects(ROLES.replace("kind: Role, name: painter", "kind: Role, name: sculptor"))))
                .hasMessage("Role sculptor is bound, and not there");
    }

    private List<Right> unused() {
        return rights.unusedBy(requests());
    }

    private List<Request> requests() {
        return new AuditLog(log, 0).requests();
    }

    private void asked(String verb, String objectRef, int code) throws IOException {
        asked("system:serviceaccount:art:painter", verb, objectRef, code);
    }

    private void asked(String user, String verb, String objectRef, int code) throws IOException {
        String line = """
                {'kind':'Event','level':'Metadata','stage':'ResponseComplete','verb':'%s','user':{'username':'%s'},\
                'userAgent':'brush/1.0','objectRef':%s,'responseStatus':{'code':%d}}
                """.formatted(verb, user, objectRef, code).replace('\'', '"');
        Files.writeString(log, Files.readString(log) + line);
    }

    @SuppressWarnings("unchecked")
    private static List<HasMetadata> objects(String yaml) {
        Object objects = new KubernetesSerialization().unmarshal(yaml);
        return (List<HasMetadata>) objects;
    }
}
