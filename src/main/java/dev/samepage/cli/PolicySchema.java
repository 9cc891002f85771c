package dev.samepage.cli;

import static dev.samepage.cli.Violation.below;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.samepage.api.KsmPolicySpec;
import dev.samepage.api.Share;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The schema of a policy, for where there is no API server to check it: which fields there are, of which type, and their bounds. It is
 * read from the API records, as the one in {@code crds/} is. As in the API server, a field that is null counts as absent.
 */
final class PolicySchema {
    private static final int SHOWN = 60;

    private PolicySchema() {}

    /** The first thing in a spec, as it was written, that the schema does not allow. */
    static Optional<Violation> firstViolation(JsonNode spec) {
        return violations(spec, KsmPolicySpec.class, KsmPolicySpec.class, List.of("spec"))
                .findFirst();
    }

    /** Where a field is not among those that there are. */
    static Stream<Violation> unknownFields(JsonNode map, List<String> path, List<String> fields) {
        return map.propertyStream()
                .map(Map.Entry::getKey)
                .filter(name -> !fields.contains(name))
                .map(name -> new Violation(below(path, name), "unknown field; there are " + String.join(", ", fields)));
    }

    private static Stream<Violation> violations(JsonNode value, Type type, AnnotatedElement bounds, List<String> path) {
        return switch (type) {
            case ParameterizedType list when list.getRawType() == List.class -> list(value, list, bounds, path);
            case ParameterizedType map when map.getRawType() == Map.class -> map(value, map, bounds, path);
            case Class<?> share
            when share == Share.class ->
                value.isIntegralNumber()
                                || (value.isTextual() && value.textValue().endsWith("%"))
                        ? Stream.of()
                        : wrong(
                                value,
                                "not a number of nodes or a percentage, such as 5 or 10%" + unquoted(value),
                                path);
            case Class<?> record when record.isRecord() -> record(value, record, path);
            case Class<?> words when words.isEnum() -> words(value, words, path);
            case Class<?> text
            when text == String.class ->
                value.isTextual()
                        ? size(value.textValue().length(), "characters", bounds, path)
                        : wrong(value, "not a text: write it in quotes", path);
            case Class<?> bool
            when bool == Boolean.class ->
                value.isBoolean() ? Stream.of() : wrong(value, "not true or false" + unquoted(value), path);
            case Class<?> number
            when number == Integer.class ->
                value.isIntegralNumber()
                        ? range(value, bounds, path)
                        : wrong(value, "not an integer" + unquoted(value), path);
            default -> throw new IllegalStateException(path + " is of a type that is not known here: " + type);
        };
    }

    private static Stream<Violation> record(JsonNode value, Class<?> type, List<String> path) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> names =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        if (!value.isObject()) {
            return wrong(value, "not a map: write its fields below it: " + String.join(", ", names), path);
        }
        return Stream.concat(
                unknownFields(value, path, names),
                Arrays.stream(components)
                        .flatMap(component -> field(
                                value.path(component.getName()),
                                component,
                                declared(type, component),
                                below(path, component.getName()))));
    }

    private static Stream<Violation> field(
            JsonNode value, RecordComponent component, Field declared, List<String> path) {
        if (value.isMissingNode() || value.isNull()) {
            return declared.isAnnotationPresent(Required.class)
                    ? Stream.of(new Violation(path, "is missing and has no default"))
                    : Stream.of();
        }
        return violations(value, component.getGenericType(), declared, path);
    }

    /** The annotations of a component are on its field. */
    private static Field declared(Class<?> type, RecordComponent component) {
        try {
            return type.getDeclaredField(component.getName());
        } catch (NoSuchFieldException e) {
            throw new AssertionError("every record component has a field", e);
        }
    }

    private static Stream<Violation> list(
            JsonNode value, ParameterizedType type, AnnotatedElement bounds, List<String> path) {
        if (!value.isArray()) {
            return wrong(value, "not a list: begin each of its parts with a dash", path);
        }
        return Stream.concat(
                size(value.size(), "parts", bounds, path),
                IntStream.range(0, value.size())
                        .boxed()
                        .flatMap(i -> part(
                                value.path(i), type.getActualTypeArguments()[0], below(path, Integer.toString(i)))));
    }

    private static Stream<Violation> map(
            JsonNode value, ParameterizedType type, AnnotatedElement bounds, List<String> path) {
        if (!value.isObject()) {
            return wrong(value, "not a map: write name: value", path);
        }
        return Stream.concat(
                size(value.size(), "parts", bounds, path),
                value.propertyStream()
                        .flatMap(entry ->
                                part(entry.getValue(), type.getActualTypeArguments()[1], below(path, entry.getKey()))));
    }

    private static Stream<Violation> part(JsonNode value, Type type, List<String> path) {
        return value.isNull()
                ? Stream.of(new Violation(path, "is empty: write a value"))
                : violations(value, type, value.getClass(), path);
    }

    private static Stream<Violation> words(JsonNode value, Class<?> type, List<String> path) {
        List<String> words = Arrays.stream(type.getFields())
                .map(constant -> constant.getAnnotation(JsonProperty.class))
                .filter(Objects::nonNull)
                .map(JsonProperty::value)
                .toList();
        return value.isTextual() && words.contains(value.textValue())
                ? Stream.of()
                : wrong(value, "not one of " + String.join(", ", words), path);
    }

    private static Stream<Violation> range(JsonNode value, AnnotatedElement bounds, List<String> path) {
        Min min = bounds.getAnnotation(Min.class);
        Max max = bounds.getAnnotation(Max.class);
        if (min == null || max == null) {
            throw new IllegalStateException(path + " has no bounds");
        }
        return value.doubleValue() >= min.value() && value.doubleValue() <= max.value()
                ? Stream.of()
                : wrong(value, "out of range: write " + (long) min.value() + " to " + (long) max.value(), path);
    }

    private static Stream<Violation> size(int size, String of, AnnotatedElement bounds, List<String> path) {
        Size allowed = bounds.getAnnotation(Size.class);
        return allowed == null || (size >= allowed.min() && size <= allowed.max())
                ? Stream.of()
                : Stream.of(new Violation(
                        path, "has " + size + " " + of + ": write " + allowed.min() + " to " + allowed.max()));
    }

    private static Stream<Violation> wrong(JsonNode value, String what, List<String> path) {
        return Stream.of(new Violation(path, shown(value) + " is " + what));
    }

    private static String shown(JsonNode value) {
        String text = value.isObject() ? "a map" : value.isArray() ? "a list" : value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /** What to do about a number, or a truth, that is a text only because of its quotes. */
    private static String unquoted(JsonNode value) {
        return value.isTextual() && value.textValue().matches("-?[0-9]+|true|false") ? ": write it without quotes" : "";
    }
}
