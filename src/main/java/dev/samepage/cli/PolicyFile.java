package dev.samepage.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicySpec;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A KsmPolicy in a file, read as strictly as the API server reads it: what is unknown, mistyped or out of range is refused, with the
 * place in the file.
 */
final class PolicyFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final String API_VERSION = KsmPolicy.GROUP + "/" + KsmPolicy.VERSION;
    private static final String POLICY = "a policy has apiVersion: " + API_VERSION + " and kind: KsmPolicy";
    private static final List<String> FIELDS = List.of("apiVersion", "kind", "metadata", "spec", "status");
    private static final ObjectMapper JSON = new ObjectMapper();

    private PolicyFile() {}

    /** A file that holds no policy that can be applied. The message is one line that says which file, where and what. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /** Reads the policy, with its defaults. */
    static KsmPolicySpec read(Path file) throws Unusable {
        YamlDocument document = YamlDocument.parse(file, text(file));
        Optional<Violation> misshapen = misshapen(document.root());
        if (misshapen.isPresent()) {
            throw document.unusable(misshapen.orElseThrow());
        }
        KsmPolicySpec spec = spec(document.root().path("spec"));
        Optional<Violation> ruledOut = PolicyRules.firstViolation(spec);
        if (ruledOut.isPresent()) {
            throw document.unusable(ruledOut.orElseThrow());
        }
        return spec;
    }

    /** What keeps it from being read at all. */
    private static Optional<Violation> misshapen(JsonNode root) {
        JsonNode written = root.path("spec");
        return foreign(root)
                .or(() -> PolicySchema.unknownFields(root, List.of(), FIELDS).findFirst())
                .or(() -> missing(written))
                .or(() -> PolicySchema.firstViolation(written));
    }

    private static Optional<Violation> missing(JsonNode written) {
        return written.isMissingNode() || written.isNull()
                ? Optional.of(new Violation(List.of("spec"), "is missing: write it, with nodeSelector at least"))
                : Optional.empty();
    }

    private static Optional<Violation> foreign(JsonNode root) {
        for (String field : List.of("kind", "apiVersion")) {
            if (!root.path(field).isTextual()) {
                return Optional.of(new Violation(List.of(field), "is missing; " + POLICY));
            }
        }
        String kind = root.path("kind").textValue();
        String apiVersion = root.path("apiVersion").textValue();
        if (kind.equals("KsmPolicy") && apiVersion.equals(API_VERSION)) {
            return Optional.empty();
        }
        return Optional.of(new Violation(
                List.of(kind.equals("KsmPolicy") ? "apiVersion" : "kind"),
                "this is a " + kind + " of " + apiVersion + "; " + POLICY));
    }

    /** Here as in the API server: without a mode there is the default, and not an unknown one. */
    private static KsmPolicySpec spec(JsonNode written) {
        ObjectNode complete = written.deepCopy();
        if (!complete.hasNonNull("mode")) {
            complete.put("mode", KsmPolicySpec.DEFAULT_MODE);
        }
        try {
            return JSON.treeToValue(complete, KsmPolicySpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the schema let something pass that cannot be read", e);
        }
    }

    private static String text(Path file) throws Unusable {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new Unusable(file + ": larger than 1 MiB; that is no policy");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new Unusable(file + ": there is no such file");
        } catch (CharacterCodingException e) {
            throw new Unusable(file + ": not a text file in UTF-8");
        } catch (IOException e) {
            throw new Unusable(file + ": cannot be read: " + e.getMessage());
        }
    }
}
