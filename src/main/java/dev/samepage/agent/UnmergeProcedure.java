package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.UnmergeResult.NotUnmerged;
import dev.samepage.kernel.Unmerger;
import dev.samepage.tuning.WriteOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Gives every guest its own pages back and changes what the kernel only takes while nothing is merged, in one go: check, stop, un-merge, set,
 * verify, start. It takes no longer than {@link dev.samepage.kernel.UnmergeGuard#TIME_LIMIT} and a few writes, and ends soon where nobody
 * wants it any more. What was refused or given up is not tried again at once: see {@link #heldBack}.
 */
final class UnmergeProcedure {
    /** After which what was refused for want of memory, or failed, is looked at anew. */
    private static final Duration AFTER_A_REFUSAL = Duration.ofMinutes(1);

    /** After which what was given up, or was merged again by somebody, is begun again, as long as the same is asked for. */
    private static final Duration AFTER_GIVING_UP = Duration.ofHours(1);

    /** So many agents in a row may be ended in the midst of it before the next one waits as after giving up. */
    private static final int MOST_CUT_SHORT = 2;

    private static final Logger log = LoggerFactory.getLogger(UnmergeProcedure.class);

    private final Host host;
    private final KnobWriter writer;
    private final UnmergeNote note;
    private final Predicate<String> isAskedFor;
    private volatile boolean ending;

    /**
     * The procedure of a node.
     *
     * @param stateFiles where it is kept what must not be tried again so soon
     * @param isAskedFor whether what has this hash is still what the node is to do
     */
    UnmergeProcedure(Host host, KnobWriter writer, StateFiles stateFiles, Predicate<String> isAskedFor) {
        this.host = host;
        this.writer = writer;
        this.isAskedFor = isAskedFor;
        note = new UnmergeNote(stateFiles);
    }

    /**
     * Why memory is not to be un-merged now although it should be, as a sentence; empty where nothing is against it. Whatever is asked for
     * anew may be tried at once.
     *
     * @param hash of what is asked for
     */
    Optional<String> heldBack(String hash) {
        Instant now = host.clock().instant();
        return note.held().filter(held -> held.holds(hash, now)).map(UnmergeNote.Held::why);
    }

    /** Nothing of the node's past matters any more. */
    void forget() {
        note.delete();
    }

    /** The agent ends: what is under way is called off. From any thread. */
    void end() {
        ending = true;
    }

    /**
     * Does it. Where memory stays merged, what needs it un-merged is left as it is, and the rest is set all the same; where ksmd was stopped
     * for it, it is started in any case, if that is wanted, since memory is short then.
     *
     * @param hash of what is asked for
     * @param begun told once memory is about to be un-merged, and whenever that is stopped for a while, with what to say of it
     * @param outcome takes what has come of it
     * @return whether other knobs may be written after this
     */
    boolean run(Action.Unmerge asked, String hash, Consumer<String> begun, Outcome outcome) {
        log.atInfo()
                .addKeyValue("node", writer.node())
                .addKeyValue("bytes", asked.neededBytes())
                .log("Un-merging");
        Course course = new Course(hash, begun, outcome);
        UnmergeResult result = host.unmerger().unmerge(asked.reservePercent(), asked.onlyIfGuestsGone(), course);
        if (course.cannotStop) {
            return false;
        }
        if (course.begun) {
            outcome.unmerged(result instanceof UnmergeResult.Unmerged);
        }
        if (!(result instanceof NotUnmerged failed)) {
            note.delete();
            writer.activity().count(Deed.UNMERGE);
            log.atInfo().addKeyValue("node", writer.node()).log("Un-merged");
            return set(asked.then(), true, outcome);
        }
        notDone(failed, hash, outcome);
        if (!(failed instanceof UnmergeResult.CalledOff)) {
            return set(asked.then(), false, outcome);
        }
        outcome.calledOff();
        if (course.begun) {
            set(asked.then(), false, outcome);
        }
        return false;
    }

    /** One un-merge, as whoever un-merges sees it. */
    private final class Course implements Unmerger.Caller {
        private final String hash;
        private final Consumer<String> told;
        private final Outcome outcome;
        private boolean cannotStop;
        private boolean begun;

        Course(String hash, Consumer<String> told, Outcome outcome) {
            this.hash = hash;
            this.told = told;
            this.outcome = outcome;
        }

        @Override
        public boolean stillWants() {
            return !ending && isAskedFor.test(hash);
        }

        @Override
        public boolean begins(int unknownLimits) {
            begun = stop(outcome);
            cannotStop = !begun;
            if (begun) {
                note.write(ifThisIsTheEnd(hash));
                String said = "Every guest gets its own pages back; this may take minutes." + unchecked(unknownLimits);
                log.atInfo().addKeyValue("node", writer.node()).log(said);
                told.accept(said);
            }
            return begun;
        }

        @Override
        public void pauses(String why) {
            log.atWarn().addKeyValue("node", writer.node()).log(why);
            told.accept(why);
        }
    }

    private static String unchecked(int guests) {
        return switch (guests) {
            case 0 -> "";
            case 1 -> " Of 1 guest nobody can tell whether its memory limit allows it.";
            default -> " Of " + guests + " guests nobody can tell whether their memory limits allow it.";
        };
    }

    private boolean stop(Outcome outcome) {
        try {
            return host.ksm().read().getOrDefault(Knob.RUN, 0L) == 0 || writer.write(Knob.RUN, 0, Level.INFO, outcome);
        } catch (IOException e) {
            outcome.failed("Un-merging not begun on " + writer.node() + ": KSM cannot be read: " + e + ".");
            return false;
        }
    }

    private void notDone(NotUnmerged failed, String hash, Outcome outcome) {
        String failure = Refusals.describe(failed, writer.node());
        log.atWarn().addKeyValue("node", writer.node()).log(failure);
        outcome.failed(failure);
        if (failed instanceof UnmergeResult.CalledOff) {
            note.delete();
            return;
        }
        if (!(failed instanceof UnmergeResult.TooLittle || failed instanceof UnmergeResult.NotAllowed)) {
            writer.activity().count(Deed.UNMERGE_FAILED);
        }
        note.write(held(failed, hash, failure));
    }

    /** What the next agent is to know where this one does not live to see the end. */
    private UnmergeNote.Held ifThisIsTheEnd(String hash) {
        long now = host.clock().instant().getEpochSecond();
        int cutShort = note.cutShort(hash) + 1;
        Instant next = Instant.ofEpochSecond(cutShort < MOST_CUT_SHORT ? now : now + AFTER_GIVING_UP.toSeconds());
        return new UnmergeNote.Held(
                hash,
                now,
                next.getEpochSecond(),
                cutShort,
                "Un-merging did not end on " + writer.node() + ": " + cutShort
                        + " times the agent itself was ended in the midst, as happens when memory runs out. Free memory or move a guest"
                        + " away. Next try at " + next + ".");
    }

    private UnmergeNote.Held held(NotUnmerged failed, String hash, String failure) {
        long now = host.clock().instant().getEpochSecond();
        return switch (failed) {
            case UnmergeResult.GivenUp _, UnmergeResult.StillMerged _ -> {
                Instant next = Instant.ofEpochSecond(now + AFTER_GIVING_UP.toSeconds());
                yield new UnmergeNote.Held(hash, now, next.getEpochSecond(), 0, failure + " Next try at " + next + ".");
            }
            case UnmergeResult.TooLittle _,
                    UnmergeResult.Stopped _,
                    UnmergeResult.Refused _,
                    UnmergeResult.Killed _,
                    UnmergeResult.NotAllowed _,
                    UnmergeResult.CalledOff _,
                    UnmergeResult.Failed _ ->
                new UnmergeNote.Held(hash, now, now + AFTER_A_REFUSAL.toSeconds(), 0, failure);
        };
    }

    /** Every write is read back. The settings say what {@code run} is to be, too. */
    private boolean set(List<Action.Set> settings, boolean unmerged, Outcome outcome) {
        return settings.stream()
                .filter(setting -> unmerged || !WriteOrder.NEED_UNMERGED.contains(setting.knob()))
                .allMatch(setting -> writer.writeAndGoOn(setting.knob(), setting.value(), Level.INFO, outcome));
    }
}
