package dev.samepage.packaging;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.samepage.testbed.FileTree;
import dev.samepage.testbed.Loopback;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Lets the packaged agent do a little of all that it ever does, in what a pod is given, against an API server that knows one object, and
 * has its JVM write at its end what it learned: the AOT cache of {@code target/samepage}, with which the agent starts in half the time and
 * needs less memory, or the list of loaded classes (see {@link ClassList}).
 */
public final class AgentTraining {
    private static final String OBJECT = """
            {"apiVersion":"ksm.samepage.dev/v1alpha1","kind":"KsmNode","metadata":{"name":"training","generation":1,"resourceVersion":"1","uid":"1"},\
            "spec":{"policy":{"name":"p","generation":1},"settings":{"mode":"Fixed","fixed":{"pagesToScan":1000,"sleepMillis":20},\
            "tunables":{"smartScan":true}},"unmerge":{"allowed":false,"reservePercent":10},"onRemoval":"Restore","hash":"1"}}""";
    private static final String LIST =
            "{\"apiVersion\":\"ksm.samepage.dev/v1alpha1\",\"kind\":\"KsmNodeList\",\"metadata\":"
                    + "{\"resourceVersion\":\"1\"},\"items\":[" + OBJECT + "]}";
    private static final char[] PASSWORD = "training".toCharArray();
    private static final Map<String, String> KSM = Map.of(
            "run",
            "0",
            "pages_to_scan",
            "100",
            "sleep_millisecs",
            "20",
            "full_scans",
            "1",
            "pages_sharing",
            "2",
            "pages_shared",
            "1",
            "general_profit",
            "4096",
            "smart_scan",
            "1");

    private final Path directory;
    private final String option;
    private final CountDownLatch reported = new CountDownLatch(1);

    private AgentTraining(Path directory, String option) {
        this.directory = directory;
        this.option = option;
    }

    /** Takes the path of {@code samepage}, the path of the file to be written, and the JVM options that write it, but for its name. */
    public static void main(String... args) throws Exception {
        Path directory = Files.createTempDirectory("samepage-classes");
        try {
            new AgentTraining(directory, args[2]).write(Path.of(args[0]), Path.of(args[1]));
        } finally {
            new FileTree(directory).delete();
        }
    }

    private void write(Path samepage, Path output) throws Exception {
        HttpsServer server = server();
        try {
            Files.deleteIfExists(output);
            Path ksm = Files.createDirectory(directory.resolve("ksm"));
            for (var file : KSM.entrySet()) {
                Files.writeString(ksm.resolve(file.getKey()), file.getValue() + "\n");
            }
            train(samepage, output, ksm, server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
        if (!Files.exists(output)) {
            throw new IOException("the JVM wrote nothing to " + output);
        }
    }

    private void train(Path samepage, Path output, Path ksm, int apiServer) throws Exception {
        int port = Loopback.freePort();
        ProcessBuilder builder = new ProcessBuilder(
                samepage.toString(),
                "agent",
                "--node",
                "training",
                "--ksm",
                ksm.toString(),
                "--state",
                directory.resolve("state").toString(),
                "--listen",
                "127.0.0.1:" + port);
        builder.environment().putAll(pod(apiServer));
        builder.environment().put("JAVA_OPTS", option + output);
        Path log = directory.resolve("agent.log");
        Process agent =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!reported.await(60, TimeUnit.SECONDS)) {
                throw new IOException("the agent reported nothing: " + Files.readString(log));
            }
            try (HttpClient client = HttpClient.newHttpClient()) {
                client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
            }
            agent.destroy();
            if (!agent.waitFor(180, TimeUnit.SECONDS)) {
                throw new IOException("the agent did not end: " + Files.readString(log));
            }
        } finally {
            agent.destroyForcibly();
        }
    }

    private HttpsServer server() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls()));
        server.setExecutor(
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.createContext("/", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        if (query.contains("watch=true")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            return; // stays open, as a watch does
        }
        boolean patch = exchange.getRequestMethod().equals("PATCH");
        byte[] body = (patch ? OBJECT : LIST).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
        if (patch) {
            reported.countDown();
        }
    }

    private SSLContext tls() throws Exception {
        Path store = directory.resolve("keys.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "training",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-keystore",
                store.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "training",
                "-keystore",
                store.toString(),
                "-file",
                certificate().toString());
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private Path certificate() {
        return directory.resolve("ca.crt");
    }

    private static void keytool(String... args) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString()),
                        Stream.of(args))
                .toList();
        Process keytool = new ProcessBuilder(Stream.concat(
                                command.stream(), Stream.of("-storepass", new String(PASSWORD), "-storetype", "PKCS12"))
                        .toList())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }

    private Map<String, String> pod(int apiServer) throws IOException {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(apiServer),
                "KUBERNETES_AUTH_TRYKUBECONFIG",
                "false",
                "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                Files.writeString(directory.resolve("token"), "training").toString(),
                "KUBERNETES_CERTS_CA_FILE",
                certificate().toString());
    }
}
