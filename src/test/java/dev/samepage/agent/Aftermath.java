package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.OnRemoval;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.Trace;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/**
 * What must be true of a node whose agent was killed, and become true when new ones go on there.
 *
 * @param task what the killed agent did
 * @param run where it did so
 * @param trace what it came to
 * @param when it was killed, for messages
 */
record Aftermath(KilledTask task, KilledRun run, Trace trace, String when) {
    /** Three times from what was left: told the same again; without an API server at first; with the policy gone meanwhile. */
    void isGoneOnWith() throws IOException {
        toldTheSame(node("same"));
        withoutAnApiServer(node("alone"));
        isRestored(node("gone"), when);
    }

    private NodeUnderTest node(String name) throws IOException {
        return run.after(trace, run.directory().resolveSibling(name), task::before);
    }

    private void toldTheSame(NodeUnderTest node) throws IOException {
        nothingIsLost(node, when);
        try (Closeable _ = new StateDirectory(node.state).tryLock().orElseThrow()) {
            node.tell(task.told());
            assertThat(node.settle(node.start()).state())
                    .as("state after %s", when)
                    .isEqualTo(task.state());
            assertThat(node.knobs()).as("settings after %s", when).isEqualTo(task.specified());
            if (task == KilledTask.UNMERGE) {
                assertThat(node.ksm.read("pages_sharing"))
                        .as("still merged after %s", when)
                        .isEqualTo("0");
            }
        }
        isRestored(node, when);
    }

    private void withoutAnApiServer(NodeUnderTest node) throws IOException {
        String alone = when + ", and started without an API server";
        node.apiServerIsGone();
        Map<Knob, Long> expected = task.specifiedBy(node.state).orElse(node.knobs());
        node.settle(node.start());
        assertThat(node.knobs()).as("settings after %s", alone).isEqualTo(expected);
        nothingIsLost(node, alone);
        isRestored(node, alone);
    }

    /** A knob that is not as it was found has its original in the journal, and no original in the journal is any other. */
    private static void nothingIsLost(NodeUnderTest node, String when) throws IOException {
        Map<String, String> originals = KilledRun.originals(node.state);
        Map<Knob, Long> now = node.knobs();
        KilledTask.FOUND.forEach((knob, found) -> {
            String original = originals.get(knob.file());
            if (original == null) {
                assertThat(now.get(knob))
                        .as("%s, of which no original was saved, after %s", knob.file(), when)
                        .isEqualTo(found);
            } else {
                assertThat(original)
                        .as("the original of %s after %s", knob.file(), when)
                        .isEqualTo(knob.text(found));
            }
        });
    }

    /** Once the policy is gone. */
    private static void isRestored(NodeUnderTest node, String when) {
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
        node.settle(node.start());
        assertThat(node.knobs())
                .as("settings after the removal, after %s", when)
                .isEqualTo(KilledTask.FOUND);
        assertThat(node.state.resolve("originals"))
                .as("originals after the removal, after %s", when)
                .doesNotExist();
        assertThat(node.state.resolve("spec.json"))
                .as("spec after the removal, after %s", when)
                .doesNotExist();
    }
}
