package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.policy.Notice;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventBudgetTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final EventBudget budget = new EventBudget();

    @Test
    void theSameIsNotSaidAgainFor10Minutes() {
        assertThat(budget.admits("KsmPolicy/a", notice("one"), NOW)).isTrue();
        assertThat(budget.admits("KsmPolicy/a", notice("one"), NOW.plusSeconds(599)))
                .isFalse();
        assertThat(budget.admits("KsmPolicy/a", notice("one"), NOW.plusSeconds(600)))
                .isTrue();
    }

    @Test
    void ofAnotherObjectItIs() {
        assertThat(budget.admits("KsmPolicy/a", notice("one"), NOW)).isTrue();
        assertThat(budget.admits("KsmPolicy/b", notice("one"), NOW)).isTrue();
    }

    @Test
    void atMost6ThingsAreSaidOfAnObjectInAMinute() {
        for (int i = 1; i <= 6; i++) {
            assertThat(budget.admits("KsmPolicy/a", notice("number " + i), NOW)).isTrue();
        }
        assertThat(budget.admits("KsmPolicy/a", notice("number 7"), NOW.plusSeconds(59)))
                .isFalse();
        assertThat(budget.admits("KsmPolicy/a", notice("number 7"), NOW.plusSeconds(60)))
                .isTrue();
    }

    private static Notice notice(String message) {
        return new Notice(Notice.Kind.NORMAL, "Ready", message);
    }
}
