package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.WriteResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes one knob, reads it back, counts it and says what came of it. */
record KnobWriter(String node, Ksm ksm, Activity activity) {
    private static final Logger log = LoggerFactory.getLogger(KnobWriter.class);

    /**
     * Writes.
     *
     * @param level at which it is logged that it was written
     * @param outcome takes what has come of it
     * @return whether the knob now has this value
     */
    boolean write(Knob knob, long value, Level level, Outcome outcome) {
        WriteResult result = ksm.write(knob, value);
        outcome.wrote(result);
        if (!(result instanceof WriteResult.Failed failed)) {
            activity.count(Deed.WRITE);
            log.atLevel(level)
                    .addKeyValue("node", node)
                    .addKeyValue(knob.file(), knob.text(value))
                    .log("Set");
            return true;
        }
        activity.count(Deed.WRITE_REFUSED);
        String failure = Refusals.describe(failed, node);
        log.atWarn().addKeyValue("node", node).log(failure);
        outcome.failed(failure);
        return false;
    }

    /**
     * Writes, and stops ksmd where going on would be unsafe: without {@code redhat_only_zero_pages} it would merge what is not to be merged.
     *
     * @return whether other knobs may be written after this one
     */
    boolean writeAndGoOn(Knob knob, long value, Level level, Outcome outcome) {
        if (!write(knob, value, level, outcome) && knob == Knob.REDHAT_ONLY_ZERO_PAGES && value == 1) {
            outcome.wrote(ksm.write(Knob.RUN, 0));
            return false;
        }
        return true;
    }
}
