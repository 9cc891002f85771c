package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.5Z");
    private static final Instant LATER = Instant.parse("2026-03-01T13:00:00.5Z");

    private final List<Condition> before = new Conditions(NOW, 1L, List.of())
            .with("Ready", true, "Applied", "3 nodes")
            .list();

    @Test
    void aNewConditionBeganNow() {
        assertThat(before)
                .singleElement()
                .isEqualTo(new Condition("2026-03-01T12:00:00Z", "3 nodes", 1L, "Applied", "True", "Ready"));
    }

    @Test
    void aConditionThatKeepsItsStatusKeepsItsTime() {
        assertThat(new Conditions(LATER, 2L, before)
                        .with("Ready", true, "Paused", "4 nodes")
                        .list())
                .singleElement()
                .isEqualTo(new Condition("2026-03-01T12:00:00Z", "4 nodes", 2L, "Paused", "True", "Ready"));
    }

    @Test
    void aConditionThatChangesItsStatusBeginsAnew() {
        assertThat(new Conditions(LATER, 2L, before)
                        .with("Ready", false, "Failed", "no")
                        .list())
                .extracting(Condition::getLastTransitionTime)
                .containsExactly("2026-03-01T13:00:00Z");
    }
}
