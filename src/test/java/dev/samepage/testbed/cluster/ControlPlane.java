package dev.samepage.testbed.cluster;

import dev.samepage.testbed.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * etcd, the API server, the controller manager and the scheduler. The API server listens on the address under which pods
 * look for it, so that nothing has to translate addresses.
 *
 * @param adminConfig the administrator's kubeconfig
 * @param nodeConfig the node's
 * @param auditLog every request's metadata
 */
record ControlPlane(
        Daemon etcd,
        Daemon apiServer,
        Daemon controllerManager,
        Daemon scheduler,
        Path adminConfig,
        Path nodeConfig,
        Path auditLog) {
    /** The first of the service network: the API server as pods see it. */
    static final String SERVICE_ADDRESS = "10.96.0.1";

    private static final String SERVICE_NETWORK = "10.96.0.0/16";
    private static final int KEY_BITS = 2048;

    /** Writes what the programs need, and starts none of them. */
    static ControlPlane prepare(ClusterPrograms programs, Enclosure enclosure) throws IOException {
        Path directory = Files.createDirectory(enclosure.directory().resolve("control-plane"));
        Path adminConfig = enclosure.directory().resolve("kubeconfig");
        Path nodeConfig = directory.resolve("node.kubeconfig");
        Path serviceAccountKey = directory.resolve("service-account.key");
        Path tokens = directory.resolve("tokens.csv");
        Path auditPolicy = directory.resolve("audit-policy.yaml");
        Path auditLog = directory.resolve("audit.log");
        Path certificates = Files.createDirectory(directory.resolve("certificates"));
        // The API server signs its certificate itself, for this address among others.
        Path certificate = certificates.resolve("apiserver.crt");
        var admin = new User("admin", UUID.randomUUID().toString(), "system:masters");
        var node = new User("system:node:" + Node.NAME, UUID.randomUUID().toString(), "system:nodes");
        Files.writeString(adminConfig, admin.kubeconfig(certificate));
        Files.writeString(nodeConfig, node.kubeconfig(certificate));
        Files.write(tokens, List.of(admin.tokenLine(), node.tokenLine()));
        Files.writeString(serviceAccountKey, privateKey());
        Files.writeString(auditPolicy, AuditLog.POLICY);

        var etcd = new Daemon(
                "etcd",
                enclosure,
                List.of(
                        programs.built("etcd").toString(),
                        "--data-dir=" + directory.resolve("etcd"),
                        // What is stored is gone with the cluster: nothing has to survive a power cut.
                        "--unsafe-no-fsync"));
        var apiServer = new Daemon(
                "kube-apiserver",
                enclosure,
                List.of(
                        programs.built("kube-apiserver").toString(),
                        "--etcd-servers=http://127.0.0.1:2379",
                        "--bind-address=0.0.0.0",
                        "--secure-port=443",
                        "--advertise-address=" + Node.ADDRESS,
                        "--service-cluster-ip-range=" + SERVICE_NETWORK,
                        "--cert-dir=" + certificates,
                        "--authorization-mode=Node,RBAC",
                        "--enable-admission-plugins=NodeRestriction",
                        "--allow-privileged=true",
                        "--kubelet-preferred-address-types=InternalIP",
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-account-key-file=" + serviceAccountKey,
                        "--service-account-signing-key-file=" + serviceAccountKey,
                        "--token-auth-file=" + tokens,
                        "--audit-policy-file=" + auditPolicy,
                        "--audit-log-path=" + auditLog));
        var controllerManager = new Daemon(
                "kube-controller-manager",
                enclosure,
                List.of(
                        programs.built("kube-controller-manager").toString(),
                        "--kubeconfig=" + adminConfig,
                        "--bind-address=127.0.0.1",
                        "--service-account-private-key-file=" + serviceAccountKey,
                        "--root-ca-file=" + certificate,
                        // As on a real cluster, so that the audit log tells its controllers apart.
                        "--use-service-account-credentials",
                        "--leader-elect=false"));
        var scheduler = new Daemon(
                "kube-scheduler",
                enclosure,
                List.of(
                        programs.built("kube-scheduler").toString(),
                        "--kubeconfig=" + adminConfig,
                        "--bind-address=127.0.0.1",
                        "--leader-elect=false"));
        return new ControlPlane(etcd, apiServer, controllerManager, scheduler, adminConfig, nodeConfig, auditLog);
    }

    /** Somebody who is known by a token. */
    private record User(String name, String token, String group) {
        String tokenLine() {
            return "%s,%s,%s,\"%s\"".formatted(token, name, name, group);
        }

        String kubeconfig(Path serverCertificate) {
            return """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: testbed, cluster: {server: "https://%s", certificate-authority: "%s"}}]
                    users: [{name: "%s", user: {token: "%s"}}]
                    contexts: [{name: testbed, context: {cluster: testbed, user: "%s"}}]
                    current-context: testbed
                    """.formatted(SERVICE_ADDRESS, serverCertificate, name, token, name);
        }
    }

    /** Signs and, as it holds the public key too, checks the tokens of service accounts. */
    private static String privateKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
