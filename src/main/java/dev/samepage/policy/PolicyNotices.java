package dev.samepage.policy;

import dev.samepage.api.KsmPolicyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person should notice of a policy: that it became Ready or is so no more, and that Stalled, Degraded or Conflicted
 * began, has another reason now, or ended. However many nodes fail at once, it is said once.
 */
public final class PolicyNotices {
    private static final String READY = "Ready";
    private static final String STALLED = "Stalled";
    private static final String CONFLICTED = "Conflicted";
    private static final List<String> TROUBLES = List.of(STALLED, "Degraded", CONFLICTED);

    /** Stands for a condition that is not there: this version writes all of them, another one may not. */
    private static final Condition ABSENT = new ConditionBuilder()
            .withStatus("Unknown")
            .withReason("")
            .withMessage("")
            .build();

    private final Map<String, Condition> before;
    private final Map<String, Condition> now;

    private PolicyNotices(Map<String, Condition> before, Map<String, Condition> now) {
        this.before = before;
        this.now = now;
    }

    /**
     * What is to be noticed when one status follows another.
     *
     * @param before the status as it was last written, null if there was none
     */
    public static List<Notice> between(@Nullable KsmPolicyStatus before, KsmPolicyStatus now) {
        return new PolicyNotices(before == null ? Map.of() : byType(before), byType(now)).list();
    }

    private List<Notice> list() {
        var notices = new ArrayList<Notice>();
        TROUBLES.stream().filter(this::begins).map(this::beginning).forEach(notices::add);
        TROUBLES.stream().filter(this::ends).map(this::end).forEach(notices::add);
        if (begins(READY) && !holds(before, READY)) {
            notices.add(Notice.normal(READY, said(READY)));
        } else if (ends(READY) && notices.stream().noneMatch(notice -> notice.kind() == Notice.Kind.WARNING)) {
            notices.add(Notice.normal("NotReady", withReason(READY, said(READY))));
        }
        return notices;
    }

    private boolean begins(String type) {
        return holds(now, type) && (!holds(before, type) || !reason(now, type).equals(reason(before, type)));
    }

    private boolean ends(String type) {
        return holds(before, type) && !holds(now, type);
    }

    private Notice beginning(String type) {
        // Of a Stalled policy Ready says more: how many nodes there are, and the first that failed.
        return Notice.warning(type, withReason(type, said(type.equals(STALLED) ? READY : type)));
    }

    private Notice end(String type) {
        return Notice.normal("Not" + type, said(type));
    }

    private String said(String type) {
        return condition(now, type).getMessage();
    }

    private String withReason(String type, String message) {
        return reason(now, type) + ": " + message;
    }

    private static String reason(Map<String, Condition> conditions, String type) {
        return condition(conditions, type).getReason();
    }

    private static boolean holds(Map<String, Condition> conditions, String type) {
        Condition condition = condition(conditions, type);
        return "True".equals(condition.getStatus()) && !isToldByAnother(condition);
    }

    private static Condition condition(Map<String, Condition> conditions, String type) {
        return conditions.getOrDefault(type, ABSENT);
    }

    /** Of a conflict that stalls the policy, Conflicted tells. */
    private static boolean isToldByAnother(Condition condition) {
        return STALLED.equals(condition.getType()) && CONFLICTED.equals(condition.getReason());
    }

    private static Map<String, Condition> byType(KsmPolicyStatus status) {
        // The schema refuses two of one type; where it does not yet, the operator goes on with the first.
        return status.conditions().stream()
                .collect(Collectors.toMap(Condition::getType, Function.identity(), (first, second) -> first));
    }
}
