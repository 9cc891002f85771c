package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A KsmNode as large as etcd stores one, read by a client in the heap that an agent has. */
class LargestKsmNodeTest {
    /** What etcd takes in one request by default. */
    private static final int LARGEST_BYTES = 1_572_864;

    @Test
    void anAnnotationOfAMegabyteAndAHalfIsRead() throws Exception {
        assertThat(readBySmallHeap(
                        "\"annotations\": {\"note\": \"" + "x".repeat(LARGEST_BYTES) + "\"}", "\"hash\": \"h\""))
                .isEqualTo("read h\n");
    }

    @Test
    void aHundredThousandLabelsAreRead() throws Exception {
        assertThat(readBySmallHeap(members("labels"), "\"hash\": \"h\"")).isEqualTo("read h\n");
    }

    @Test
    void aHundredThousandManagedFieldsAreRead() throws Exception {
        String fields =
                "\"managedFields\": [{\"manager\": \"m\", \"operation\": \"Apply\", \"fieldsType\": \"FieldsV1\", "
                        + members("fieldsV1").replace("\"\"", "{}") + "}]";

        assertThat(readBySmallHeap(fields, "\"hash\": \"h\"")).isEqualTo("read h\n");
    }

    @Test
    void aHundredThousandUnknownFieldsAreRead() throws Exception {
        assertThat(readBySmallHeap("\"labels\": {}", "\"hash\": \"h\", " + members("later")))
                .isEqualTo("read h\n");
    }

    @Test
    void numbersBeyondALongAreRead() throws Exception {
        assertThat(readBySmallHeap("\"labels\": {}", "\"hash\": \"h\", \"later\": " + "9".repeat(500)))
                .isEqualTo("read h\n");
    }

    /** 1.5 MB of them. */
    private static String members(String name) {
        StringBuilder members = new StringBuilder("\"" + name + "\": {");
        for (int i = 0; members.length() < LARGEST_BYTES; i++) {
            members.append(i == 0 ? "" : ",").append("\"f%06d\":\"\"".formatted(i));
        }
        return members.append('}').toString();
    }

    /** Those of its JVM; a heap that is too small ends it. */
    private static List<String> agentOptions() throws IOException {
        Matcher options = Pattern.compile("<agent\\.jvm\\.options>(.*)</agent\\.jvm\\.options>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(options.find()).isTrue();
        assertThat(options.group(1)).contains("-XX:+ExitOnOutOfMemoryError");
        return List.of(options.group(1).split(" ", -1));
    }

    /** What {@link Reader} says of such an object, once from a list and once from a watch. */
    private String readBySmallHeap(String metadata, String spec) throws IOException, InterruptedException {
        String object = """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNode",
                 "metadata": {"name": "worker-1", "uid": "1", "resourceVersion": "%s", "generation": %1$s, %s}, "spec": {%s}}
                """;
        String listed = """
                {"apiVersion": "ksm.samepage.dev/v1alpha1", "kind": "KsmNodeList", "metadata": {"resourceVersion": "1"}, "items": [%s]}
                """.formatted(object.formatted("1", metadata, spec));
        String event = "{\"type\": \"MODIFIED\", \"object\": "
                + object.formatted("2", metadata, spec).replace("\n", "") + "}\n";
        try (StandInApiServer server = StandInApiServer.at(0, null)) {
            server.list = exchange -> StandInApiServer.json(exchange, 200, listed);
            server.watch = exchange -> StandInApiServer.json(exchange, 200, event);
            return read(server.port());
        }
    }

    private static String read(int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(agentOptions());
        command.addAll(List.of(
                "-classpath",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                "http://localhost:" + port));
        Process reader = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        reader.waitFor();
        return said;
    }

    /** Says which hash it read, once it has seen the object's second generation. */
    static final class Reader {
        public static void main(String... arguments) throws InterruptedException {
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl(arguments[0])
                    .build();
            try (ApiConnection connection = ApiConnection.to(config);
                    KsmNodeClient agent = new KsmNodeClient(connection, "worker-1", () -> {}, new Activity())) {
                for (int i = 0; i < 6000; i++) {
                    if (agent.knowledge() instanceof ControlPlane.Knowledge.Present present
                            && Long.valueOf(2).equals(present.generation())) {
                        System.out.println("read " + present.spec().hash());
                        break;
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
            System.exit(0);
        }
    }
}
