package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.Unmerger;
import dev.samepage.kernel.WriteResult;
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
    private final Ksm ksm;
    private final Unmerger unmerger;
    private final Journal journal;
    private final Activity activity;

    Applier(String node, Ksm ksm, Unmerger unmerger, Journal journal, Activity activity) {
        this.node = node;
        this.ksm = ksm;
        this.unmerger = unmerger;
        this.journal = journal;
        this.activity = activity;
    }

    /**
     * Does what was decided. A refused knob does not keep the others from being written, unless going on would be unsafe; the
     * originals are forgotten only when everything has succeeded.
     *
     * @param level at which what was written is logged
     * @return what went wrong, a sentence each; empty when nothing did
     */
    List<String> apply(List<Action> actions, Level level) {
        List<String> failures = new ArrayList<>();
        for (Action action : actions) {
            boolean goOn = switch (action) {
                case Action.SaveOriginals() -> saveOriginals(failures);
                case Action.Set(Knob knob, long value) -> set(knob, value, level, failures);
                case Action.Unmerge(long bytes) -> unmerge(bytes, failures);
                case Action.Release() -> failures.isEmpty() && release(failures);
            };
            if (!goOn) {
                break;
            }
        }
        return failures;
    }

    private boolean saveOriginals(List<String> failures) {
        try {
            journal.saveOriginals(ksm.read());
            return true;
        } catch (IOException e) {
            failures.add(
                    "Nothing is changed on " + node + ", because the settings it was found with could not be saved: "
                            + e + ". Make the state directory writable.");
            return false;
        }
    }

    private boolean set(Knob knob, long value, Level level, List<String> failures) {
        WriteResult result = ksm.write(knob, value);
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
        failures.add(failure);
        if (knob == Knob.REDHAT_ONLY_ZERO_PAGES && value == 1) {
            // Scanning without it would merge what was not to be merged.
            ksm.write(Knob.RUN, 0);
            return false;
        }
        return true;
    }

    private boolean unmerge(long bytes, List<String> failures) {
        log.atInfo().addKeyValue("node", node).addKeyValue("bytes", bytes).log("Un-merging");
        UnmergeResult result = unmerger.unmerge();
        if (!(result instanceof UnmergeResult.NotUnmerged failed)) {
            activity.count(Deed.UNMERGE);
            log.atInfo().addKeyValue("node", node).log("Un-merged");
            return true;
        }
        activity.count(Deed.UNMERGE_FAILED);
        String failure = Refusals.describe(failed, node);
        log.atWarn().addKeyValue("node", node).log(failure);
        failures.add(failure);
        return false;
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
