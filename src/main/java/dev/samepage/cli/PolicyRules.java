package dev.samepage.cli;

import static java.util.Objects.requireNonNull;

import dev.samepage.api.Activation;
import dev.samepage.api.KsmPolicySpec;
import dev.samepage.api.Mode;
import dev.samepage.api.NodeSelector;
import dev.samepage.api.OnRemoval;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules that the API records have beside their schema (CEL), for where there is no API server: evaluated here, with the messages that
 * the API server would give.
 */
final class PolicyRules {
    private PolicyRules() {}

    /** The first rule that a policy breaks. */
    static Optional<Violation> firstViolation(KsmPolicySpec spec) {
        return rules(
                        spec,
                        List.of("spec"),
                        Map.of(
                                ".fixed", (spec.fixed() != null) == (spec.mode() == Mode.FIXED),
                                ".kernelAdvisor", spec.kernelAdvisor() == null || spec.mode() == Mode.KERNEL_ADVISOR,
                                ".adaptive", spec.adaptive() == null || spec.mode() == Mode.ADAPTIVE,
                                ".tunables.smartScan",
                                        spec.mode() != Mode.ADAPTIVE
                                                || spec.tunables() == null
                                                || spec.tunables().smartScan() == null,
                                ".tunables", spec.tunables() == null || spec.mode() != Mode.OBSERVE,
                                ".mode",
                                        spec.mode() != Mode.UNMERGED
                                                || spec.unmerge().allowed(),
                                ".onRemoval",
                                        spec.onRemoval() != OnRemoval.RESTORE_AND_UNMERGE
                                                || spec.unmerge().allowed()))
                .or(() -> Optional.ofNullable(spec.fixed())
                        .flatMap(fixed -> rules(
                                fixed, List.of("spec", "fixed"), Map.of(".pagesToScan", fixed.pagesToScan() > 0))))
                .or(() -> Optional.ofNullable(spec.kernelAdvisor())
                        .flatMap(advisor -> rules(
                                advisor,
                                List.of("spec", "kernelAdvisor"),
                                Map.of(".minPagesToScan", advisor.minPagesToScan() <= advisor.maxPagesToScan()))))
                .or(() -> Optional.ofNullable(spec.adaptive())
                        .flatMap(adaptive -> rules(
                                adaptive,
                                List.of("spec", "adaptive"),
                                Map.of(
                                        ".minSavedPerCpuSecond",
                                        adaptive.minSavedBytesPerCpuSecond().isPresent(),
                                        ".memoryAvailableBelowPercent",
                                        adaptive.memoryAvailableBelowPercent() == null
                                                || adaptive.activation() == Activation.MEMORY_PRESSURE))))
                .or(() -> rules(
                        spec.rollout(),
                        List.of("spec", "rollout"),
                        Map.of(
                                ".maxConcurrent",
                                spec.rollout().maxConcurrent().isAtLeast(1),
                                ".maxFailures",
                                spec.rollout().maxFailures().isAtLeast(0))))
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
                .map(rule -> new Violation(below(path, rule.fieldPath()), rule.message()))
                .findFirst();
    }

    /** A rule names its field as {@code .field}, or {@code .field.below}. */
    private static List<String> below(List<String> path, String fieldPath) {
        List<String> below = path;
        for (String field : fieldPath.substring(1).split("\\.", -1)) {
            below = Violation.below(below, field);
        }
        return below;
    }
}
