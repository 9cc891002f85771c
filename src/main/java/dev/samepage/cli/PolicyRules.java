package dev.samepage.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.samepage.api.KsmPolicySpec;
import dev.samepage.api.Mode;
import dev.samepage.api.NodeSelector;
import dev.samepage.api.OnRemoval;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the API server refuses, for where there is none: the bounds in the annotations of the API records, and the records' rules with
 * the messages that the API server would give. A test sends the same files to both.
 */
final class PolicyRules {
    private PolicyRules() {}

    /**
     * A rule that is broken.
     *
     * @param path to the field, from {@code spec} on
     */
    record Violation(List<String> path, String message) {}

    /**
     * The first rule that a spec breaks.
     *
     * @param written the spec as it was written, to tell what was left out
     */
    static Optional<Violation> firstViolation(KsmPolicySpec spec, JsonNode written) {
        return bounds(spec, written, List.of("spec")).stream()
                .findFirst()
                .or(() -> rules(
                        spec,
                        List.of("spec"),
                        Map.of(
                                ".fixed", (spec.fixed() != null) == (spec.mode() == Mode.FIXED),
                                ".kernelAdvisor", spec.kernelAdvisor() == null || spec.mode() == Mode.KERNEL_ADVISOR,
                                ".tunables", spec.tunables() == null || spec.mode() != Mode.OBSERVE,
                                ".mode",
                                        spec.mode() != Mode.UNMERGED
                                                || spec.unmerge().allowed(),
                                ".onRemoval",
                                        spec.onRemoval() != OnRemoval.RESTORE_AND_UNMERGE
                                                || spec.unmerge().allowed())))
                .or(() -> Optional.ofNullable(spec.fixed())
                        .flatMap(fixed -> rules(
                                fixed, List.of("spec", "fixed"), Map.of(".pagesToScan", fixed.pagesToScan() > 0))))
                .or(() -> Optional.ofNullable(spec.kernelAdvisor())
                        .flatMap(advisor -> rules(
                                advisor,
                                List.of("spec", "kernelAdvisor"),
                                Map.of(".minPagesToScan", advisor.minPagesToScan() <= advisor.maxPagesToScan()))))
                .or(() -> selector(spec.nodeSelector()));
    }

    private static Optional<Violation> selector(NodeSelector selector) {
        for (int i = 0; i < selector.matchExpressions().size(); i++) {
            NodeSelector.Requirement requirement = selector.matchExpressions().get(i);
            boolean compares = switch (requirement.operator()) {
                case IN, NOT_IN -> true;
                case EXISTS, DOES_NOT_EXIST -> false;
            };
            Optional<Violation> violation = rules(
                    requirement,
                    List.of("spec", "nodeSelector", "matchExpressions", Integer.toString(i)),
                    Map.of(".values", compares != requirement.values().isEmpty()));
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }

    /** The first rule of a record that does not hold, with the message that its annotation has for that field. */
    private static Optional<Violation> rules(Record subject, List<String> path, Map<String, Boolean> holds) {
        return Arrays.stream(subject.getClass().getAnnotationsByType(ValidationRule.class))
                .filter(rule -> !requireNonNull(holds.get(rule.fieldPath()), "a rule that is not known here"))
                .map(rule -> new Violation(append(path, rule.fieldPath().substring(1)), rule.message()))
                .findFirst();
    }

    private static List<Violation> bounds(Record subject, JsonNode written, List<String> path) {
        List<Violation> violations = new ArrayList<>();
        for (RecordComponent component : subject.getClass().getRecordComponents()) {
            List<String> below = append(path, component.getName());
            JsonNode value = written.path(component.getName());
            Field field = field(subject, component);
            if (field.isAnnotationPresent(Required.class) && (value.isMissingNode() || value.isNull())) {
                violations.add(new Violation(below, "is missing and has no default"));
            }
            Min min = field.getAnnotation(Min.class);
            Max max = field.getAnnotation(Max.class);
            if (value.isNumber()
                    && ((min != null && value.doubleValue() < min.value())
                            || (max != null && value.doubleValue() > max.value()))) {
                violations.add(new Violation(below, value + " is out of range: write " + range(min, max)));
            }
            Size size = field.getAnnotation(Size.class);
            int length = value.isTextual() ? value.textValue().length() : value.size();
            if (size != null && !value.isMissingNode() && (length < size.min() || length > size.max())) {
                violations.add(new Violation(
                        below, "has " + length + " elements or characters: write " + size.min() + " to " + size.max()));
            }
            violations.addAll(inside(read(subject, component), value, below));
        }
        return violations;
    }

    private static List<Violation> inside(@Nullable Object child, JsonNode written, List<String> path) {
        if (child instanceof Record record && !written.isMissingNode()) {
            return bounds(record, written, path);
        }
        List<Violation> violations = new ArrayList<>();
        if (child instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                violations.addAll(inside(list.get(i), written.path(i), append(path, Integer.toString(i))));
            }
        }
        return violations;
    }

    private static String range(@Nullable Min min, @Nullable Max max) {
        return (min == null ? "at most " : (long) min.value() + " to ")
                + (max == null ? "any" : Long.toString((long) max.value()));
    }

    private static Field field(Record subject, RecordComponent component) {
        try {
            return subject.getClass().getDeclaredField(component.getName());
        } catch (NoSuchFieldException e) {
            throw new AssertionError("every record component has a field", e);
        }
    }

    private static @Nullable Object read(Record subject, RecordComponent component) {
        try {
            return component.getAccessor().invoke(subject);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the accessors of the API records are public", e);
        }
    }

    private static List<String> append(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }
}
