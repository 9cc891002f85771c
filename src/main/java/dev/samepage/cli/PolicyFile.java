package dev.samepage.cli;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicySpec;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A KsmPolicy in a file, read as strictly as the API server reads it: what is unknown, mistyped or out of range is refused, with the
 * place in the file.
 */
final class PolicyFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final String API_VERSION = KsmPolicy.GROUP + "/" + KsmPolicy.VERSION;

    /** As the API server: nothing is forgiven. The API types forgive, so that an agent can read what a newer operator wrote. */
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                        MapperConfig<?> config, Annotated annotated) {
                    return JsonIgnoreProperties.Value.empty();
                }

                @Override
                public JsonFormat.Value findFormat(Annotated annotated) {
                    return JsonFormat.Value.empty();
                }
            })
            .disable(com.fasterxml.jackson.databind.MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private PolicyFile() {}

    /** A file that holds no policy that can be applied. The message is one line that says which file, where and what. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /** A policy and its name. */
    record Named(String name, KsmPolicySpec spec) {}

    static Named read(Path file) throws Unusable {
        YamlDocument document = YamlDocument.parse(file, text(file));
        JsonNode root = document.root();
        String apiVersion = root.path("apiVersion").asText("");
        String kind = root.path("kind").asText("");
        if (!kind.equals("KsmPolicy") || !apiVersion.equals(API_VERSION)) {
            throw document.unusable(
                    List.of(kind.equals("KsmPolicy") ? "apiVersion" : "kind"),
                    "this is " + (kind.isEmpty() ? "no Kubernetes object" : "a " + kind + " of " + apiVersion)
                            + "; a policy has apiVersion: " + API_VERSION + " and kind: KsmPolicy");
        }
        for (String field : (Iterable<String>) root::fieldNames) {
            if (!List.of("apiVersion", "kind", "metadata", "spec", "status").contains(field)) {
                throw document.unusable(List.of(field), "unknown field " + field);
            }
        }
        if (!root.path("spec").isObject()) {
            throw document.unusable(List.of("spec"), "spec is missing: say at least nodeSelector and mode");
        }
        KsmPolicySpec spec = spec(document, root.path("spec"));
        Optional<PolicyRules.Violation> violation = PolicyRules.firstViolation(spec, root.path("spec"));
        if (violation.isPresent()) {
            List<String> path = violation.orElseThrow().path();
            throw document.unusable(
                    path,
                    String.join(".", path) + ": " + violation.orElseThrow().message());
        }
        return new Named(
                root.path("metadata").path("name").asText(file.getFileName().toString()), spec);
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

    private static KsmPolicySpec spec(YamlDocument document, JsonNode spec) throws Unusable {
        try {
            return STRICT.treeToValue(spec, KsmPolicySpec.class);
        } catch (UnrecognizedPropertyException e) {
            throw document.unusable(
                    path(e),
                    "unknown field " + String.join(".", path(e)) + "; there are "
                            + e.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        } catch (InvalidFormatException e) {
            throw document.unusable(
                    path(e), String.join(".", path(e)) + ": \"" + e.getValue() + "\" is not " + expected(e));
        } catch (JsonMappingException e) {
            throw document.unusable(path(e), String.join(".", path(e)) + ": not of the type that is wanted there");
        } catch (IOException e) {
            throw document.unusable(List.of("spec"), "spec cannot be read: " + e.getMessage());
        }
    }

    private static String expected(InvalidFormatException e) {
        Class<?> type = e.getTargetType();
        if (!type.isEnum()) {
            return "a"
                    + (type == Integer.class
                            ? "n integer"
                            : " " + type.getSimpleName().toLowerCase(java.util.Locale.ROOT));
        }
        return "one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(constant -> STRICT.convertValue(constant, String.class))
                        .collect(Collectors.joining(", "));
    }

    private static List<String> path(JsonMappingException e) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("spec"),
                        e.getPath().stream()
                                .map(step -> step.getFieldName() == null
                                        ? Integer.toString(step.getIndex())
                                        : step.getFieldName()))
                .toList();
    }
}
