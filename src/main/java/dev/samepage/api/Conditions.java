package dev.samepage.api;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the conditions of one status. A condition that keeps its status keeps its lastTransitionTime, so that a status in
 * which nothing has changed equals the one before.
 */
public final class Conditions {
    private final Instant now;
    private final @Nullable Long observedGeneration;
    private final List<Condition> before;
    private final List<Condition> conditions = new ArrayList<>();

    /**
     * Begins with none.
     *
     * @param now the time of transition of what has changed, cut to seconds
     * @param observedGeneration the metadata.generation that the conditions speak of
     * @param before the conditions as they were last written
     */
    public Conditions(Instant now, @Nullable Long observedGeneration, List<Condition> before) {
        this.now = now;
        this.observedGeneration = observedGeneration;
        this.before = before;
    }

    /**
     * Adds a condition.
     *
     * @param reason why, in a word that programs can compare
     * @param message why, in a sentence for a person
     */
    public Conditions with(String type, boolean holds, String reason, String message) {
        String status = holds ? "True" : "False";
        String since = before.stream()
                .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        conditions.add(new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(since)
                .withObservedGeneration(observedGeneration)
                .build());
        return this;
    }

    /** The condition {@code type} as it was last written, if it was True. */
    public Optional<Condition> heldBefore(String type) {
        return before.stream()
                .filter(c -> type.equals(c.getType()) && "True".equals(c.getStatus()))
                .findFirst();
    }

    /** Those added so far, in that order. */
    public List<Condition> list() {
        return List.copyOf(conditions);
    }
}
