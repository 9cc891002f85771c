package dev.samepage.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgentsTest {
    @Test
    void aMessageIsCutTo512Characters() {
        String longest = "x".repeat(512);

        assertThat(new Agents.Unavailable("AgentNotApplied", longest).message()).isEqualTo(longest);
        assertThat(new Agents.Unavailable("AgentNotApplied", longest + "y").message())
                .isEqualTo("x".repeat(511) + "…");
    }

    @Test
    void onlyTheTwoReasonsOfAgentsAreTheirs() {
        assertThat(Agents.Unavailable.isReason("AgentManifestInvalid")).isTrue();
        assertThat(Agents.Unavailable.isReason("AgentNotApplied")).isTrue();
        assertThat(Agents.Unavailable.isReason("NodesDegraded")).isFalse();
    }
}
