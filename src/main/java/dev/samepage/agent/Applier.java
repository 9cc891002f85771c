package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Carries out a decision, one write at a time. */
final class Applier {
    private static final Logger log = LoggerFactory.getLogger(Applier.class);

    private final String node;
    private final KnobWriter writer;
    private final UnmergeProcedure unmerging;
    private final Journal journal;

    Applier(KnobWriter writer, UnmergeProcedure unmerging, Journal journal) {
        this.node = writer.node();
        this.writer = writer;
        this.unmerging = unmerging;
        this.journal = journal;
    }

    /**
     * Does what was decided. A refused knob does not keep the others from being written, unless going on would be unsafe; the
     * originals are forgotten only when everything has succeeded.
     *
     * @param hash of what is asked for
     * @param level at which what was written is logged
     * @return what went wrong, a sentence each; empty when nothing did
     */
    List<String> apply(List<Action> actions, String hash, Level level) {
        List<String> failures = new ArrayList<>();
        for (Action action : actions) {
            boolean goOn = switch (action) {
                case Action.Set(Knob knob, long value) -> writer.writeAndGoOn(knob, value, level, failures);
                case Action.Unmerge unmerge -> unmerging.run(unmerge, hash, failures);
                case Action.Release() -> failures.isEmpty() && release(failures);
            };
            if (!goOn) {
                break;
            }
        }
        return failures;
    }

    private boolean release(List<String> failures) {
        try {
            journal.release();
            log.atInfo().addKeyValue("node", node).log("Released");
            return true;
        } catch (IOException e) {
            failures.add("Everything is restored on " + node + ", but the journal could not be deleted: " + e + ".");
            return false;
        }
    }
}
