package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
     * @param before how the knobs stand
     * @param hash of what is asked for
     * @param level at which what was written is logged
     * @param unmerges told once memory is about to be un-merged, with what to say of it
     */
    Outcome apply(List<Action> actions, Map<Knob, Long> before, String hash, Level level, Consumer<String> unmerges) {
        Outcome outcome = new Outcome(before);
        for (Action action : actions) {
            boolean goOn = switch (action) {
                case Action.Set(Knob knob, long value) -> writer.writeAndGoOn(knob, value, level, outcome);
                case Action.Unmerge unmerge -> unmerging.run(unmerge, hash, unmerges, outcome);
                case Action.Release() -> outcome.succeeded() && release(outcome);
            };
            if (!goOn) {
                break;
            }
        }
        return outcome;
    }

    private boolean release(Outcome outcome) {
        try {
            journal.release();
            unmerging.forget();
            log.atInfo().addKeyValue("node", node).log("Released");
            return true;
        } catch (IOException e) {
            outcome.failed("Everything is restored on " + node + ", but the journal could not be deleted: " + e + ".");
            return false;
        }
    }
}
