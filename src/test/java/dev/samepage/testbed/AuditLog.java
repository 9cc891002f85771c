package dev.samepage.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an API server was asked, from its audit log (JSON lines, level Metadata). A request is recorded when it has been
 * answered, a watch when it has begun; the record may come a moment after the client has its answer.
 *
 * @param file the log
 * @param offset where in the file reading begins, in bytes
 */
public record AuditLog(Path file, long offset) {
    /** What the server is told to record. */
    public static final String POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules: [{level: Metadata}]
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One request. Whatever it does not have is empty.
     *
     * @param user who asked; the impersonated user if there is one
     * @param verb Kubernetes's: get, list, watch, create, update, patch, delete, deletecollection
     * @param group API group, empty for the core group
     * @param resource plural name such as nodes
     * @param code HTTP status
     */
    public record Request(
            String user,
            String userAgent,
            String verb,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name,
            int code) {
        private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");

        public boolean isWrite() {
            return WRITES.contains(verb);
        }

        /** Whether the user may not do it: RBAC says so with this status only, and admission may. */
        public boolean isForbidden() {
            return code == HttpURLConnection.HTTP_FORBIDDEN;
        }
    }

    /** The same log from its present end on. */
    public AuditLog fromNow() {
        try {
            return new AuditLog(file, Files.exists(file) ? Files.size(file) : 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All requests so far, oldest first. */
    public List<Request> requests() {
        List<Request> requests = new ArrayList<>();
        try {
            for (String line : completeLines()) {
                JsonNode event = JSON.readTree(line);
                String stage = event.path("stage").asText();
                boolean watch = event.path("verb").asText().equals("watch");
                if (stage.equals(watch ? "ResponseStarted" : "ResponseComplete")) {
                    requests.add(request(event));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return requests;
    }

    private List<String> completeLines() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        byte[] unread;
        try (var reader = new RandomAccessFile(file.toFile(), "r")) {
            unread = new byte[Math.toIntExact(reader.length() - offset)];
            reader.seek(offset);
            reader.readFully(unread);
        }
        String text = new String(unread, StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static Request request(JsonNode event) {
        JsonNode user = event.path("impersonatedUser").path("username");
        JsonNode object = event.path("objectRef");
        return new Request(
                user.isMissingNode() ? event.path("user").path("username").asText() : user.asText(),
                event.path("userAgent").asText(),
                event.path("verb").asText(),
                object.path("apiGroup").asText(),
                object.path("resource").asText(),
                object.path("subresource").asText(),
                object.path("namespace").asText(),
                object.path("name").asText(),
                event.path("responseStatus").path("code").asInt());
    }
}
