package dev.samepage.agent;

import static dev.samepage.agent.StandInApiServer.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.agent.StandInApiServer.Answer;
import dev.samepage.agent.StandInApiServer.Request;
import dev.samepage.agent.StandInApiServer.Verb;
import dev.samepage.api.KsmNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that change while the agent runs. */
class ApiConnectionTest {
    private static final String PASSWORD = "not-secret";

    @TempDir
    private Path directory;

    @Test
    void aTokenThatIsReplacedInItsFileIsReadAgainWhenItIsRefused() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "first");
        try (var server = StandInApiServer.at(0, null)) {
            server.list = onlyFor("first");
            var inACluster = Map.of(
                    "kubernetes.master",
                    "http://localhost:" + server.port(),
                    "kubernetes.auth.tryKubeConfig",
                    "false",
                    "kubernetes.auth.serviceAccount.token",
                    token.toString());
            withProperties(inACluster, () -> {
                try (var connection = ApiConnection.to(new ConfigBuilder().build())) {
                    list(connection);
                    server.list = onlyFor("second");
                    Files.writeString(token, "second");

                    list(connection);
                }
            });

            assertThat(server.requests(Verb.LIST))
                    .extracting(Request::authorization)
                    .containsExactly("Bearer first", "Bearer first", "Bearer second");
        }
    }

    @Test
    void aCertificateAuthorityThatIsReplacedInItsFileIsReadAgain() throws Exception {
        Path authority = directory.resolve("ca.crt");
        Identity old = identity("old", "127.0.0.1");
        Identity next = identity("next", "127.0.0.1");
        Files.writeString(authority, old.certificate());
        StandInApiServer before = StandInApiServer.at(0, old.context());
        int port = before.port();
        try (var connection = trusting(authority, port)) {
            list(connection);
            before.close();
            try (var rotated = StandInApiServer.at(port, next.context())) {
                assertThatThrownBy(() -> list(connection)).isInstanceOf(KubernetesClientException.class);

                Files.writeString(authority, next.certificate());
                Files.setLastModifiedTime(authority, FileTime.from(Instant.now().plusSeconds(5)));

                list(connection);
                assertThat(rotated.requests(Verb.LIST)).hasSize(1);
            }
        } finally {
            before.close();
        }
    }

    @Test
    void anAuthorityThatCannotBeReadAnyMoreIsTrustedAsBefore() throws Exception {
        Path authority = directory.resolve("ca.crt");
        Identity identity = identity("only", "127.0.0.1");
        Files.writeString(authority, identity.certificate());
        try (var server = StandInApiServer.at(0, identity.context());
                var connection = trusting(authority, server.port())) {
            Files.delete(authority);

            list(connection);
        }
    }

    @Test
    void aCertificateOfTheSameAuthorityForAnotherHostIsRefused() throws Exception {
        Path authority = directory.resolve("ca.crt");
        Identity identity = identity("other", "127.0.0.2");
        Files.writeString(authority, identity.certificate());
        try (var server = StandInApiServer.at(0, identity.context());
                var connection = trusting(authority, server.port())) {

            assertThatThrownBy(() -> list(connection)).isInstanceOf(KubernetesClientException.class);
            assertThat(server.requests(Verb.LIST)).isEmpty();
        }
    }

    private static Answer onlyFor(String token) {
        return exchange -> {
            if (("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                StandInApiServer.json(exchange, 200, StandInApiServer.list(1));
            } else {
                refusal(401).to(exchange);
            }
        };
    }

    private static void list(ApiConnection connection) {
        assertThat(connection.client().resources(KsmNode.class).list().getItems())
                .hasSize(1);
    }

    private static ApiConnection trusting(Path authority, int port) {
        return ApiConnection.to(new ConfigBuilder(Config.empty())
                .withMasterUrl("https://127.0.0.1:" + port)
                .withCaCertFile(authority.toString())
                .build());
    }

    /** A self-signed certificate, which is its own authority. */
    private record Identity(SSLContext context, String certificate) {}

    private Identity identity(String name, String address)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:" + address,
                "-ext",
                "bc:c=ca:true",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        Path certificate = directory.resolve(name + ".pem");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "it",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return new Identity(context, Files.readString(certificate));
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void withProperties(Map<String, String> properties, Body body) throws IOException {
        var before = new TreeMap<String, String>();
        properties.forEach((name, value) -> {
            String old = System.getProperty(name);
            if (old != null) {
                before.put(name, old);
            }
            System.setProperty(name, value);
        });
        try {
            body.run();
        } finally {
            properties.keySet().forEach(System::clearProperty);
            before.forEach(System::setProperty);
        }
    }
}
