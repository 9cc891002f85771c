package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.UnmergeResult.NotUnmerged;
import dev.samepage.kernel.Unmerger;
import dev.samepage.tuning.WriteOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Gives every guest its own pages back and changes what the kernel only takes while nothing is merged, in one go: stop, check, un-merge, set,
 * verify, start. It takes no longer than {@link dev.samepage.kernel.UnmergeGuard#TIME_LIMIT} and a few writes. What was refused or given up
 * is not tried again at once: see {@link #heldBack}.
 */
final class UnmergeProcedure {
    /** After which what was refused for want of memory, or failed, is looked at anew. */
    private static final Duration AFTER_A_REFUSAL = Duration.ofMinutes(1);

    /** After which what was given up, or was merged again by somebody, is begun again, as long as the same is asked for. */
    private static final Duration AFTER_GIVING_UP = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(UnmergeProcedure.class);

    private final String node;
    private final Ksm ksm;
    private final Unmerger unmerger;
    private final KnobWriter writer;
    private final Activity activity;
    private final InstantSource clock;
    private @Nullable HeldBack heldBack;

    /** What is not to be tried again so soon, whoever wants it. */
    private record HeldBack(String hash, Instant since, Instant until, String why) {}

    UnmergeProcedure(String node, Ksm ksm, Unmerger unmerger, KnobWriter writer, InstantSource clock) {
        this.node = node;
        this.ksm = ksm;
        this.unmerger = unmerger;
        this.writer = writer;
        this.clock = clock;
        activity = writer.activity();
    }

    /**
     * Why memory is not to be un-merged now although it should be, as a sentence; empty where nothing is against it. Whatever is asked for
     * anew may be tried at once.
     *
     * @param hash of what is asked for
     */
    Optional<String> heldBack(String hash) {
        Instant now = clock.instant();
        return Optional.ofNullable(heldBack)
                .filter(held -> held.hash().equals(hash) && now.isBefore(held.until()) && !now.isBefore(held.since()))
                .map(HeldBack::why);
    }

    /**
     * Does it. Where memory stays merged, what needs it un-merged is left as it is, and the rest is set all the same; ksmd is started in any
     * case, if that is wanted, since memory is short then.
     *
     * @param hash of what is asked for
     * @param outcome takes what has come of it
     * @return whether other knobs may be written after this
     */
    boolean run(Action.Unmerge asked, String hash, Outcome outcome) {
        return stop(outcome) && setAndStart(asked.then(), checkAndUnmerge(asked, hash, outcome), outcome);
    }

    private boolean stop(Outcome outcome) {
        try {
            return ksm.read().getOrDefault(Knob.RUN, 0L) == 0 || writer.write(Knob.RUN, 0, Level.INFO, outcome);
        } catch (IOException e) {
            outcome.failed("Un-merging not begun on " + node + ": KSM cannot be read: " + e + ".");
            return false;
        }
    }

    private boolean checkAndUnmerge(Action.Unmerge asked, String hash, Outcome outcome) {
        log.atInfo()
                .addKeyValue("node", node)
                .addKeyValue("bytes", asked.neededBytes())
                .log("Un-merging");
        UnmergeResult result = unmerger.unmerge(
                asked.reservePercent(),
                stopped -> log.atWarn().addKeyValue("node", node).log(stopped));
        outcome.unmerged(result instanceof UnmergeResult.Unmerged);
        if (!(result instanceof NotUnmerged failed)) {
            activity.count(Deed.UNMERGE);
            log.atInfo().addKeyValue("node", node).log("Un-merged");
            return true;
        }
        if (!(failed instanceof UnmergeResult.TooLittle)) {
            activity.count(Deed.UNMERGE_FAILED);
        }
        String failure = Refusals.describe(failed, node);
        log.atWarn().addKeyValue("node", node).log(failure);
        outcome.failed(failure);
        heldBack = heldBack(failed, hash, failure);
        return false;
    }

    private HeldBack heldBack(NotUnmerged failed, String hash, String failure) {
        Instant now = clock.instant();
        return switch (failed) {
            case UnmergeResult.GivenUp _, UnmergeResult.StillMerged _ -> {
                Instant next = now.plus(AFTER_GIVING_UP).truncatedTo(ChronoUnit.SECONDS);
                yield new HeldBack(hash, now, next, failure + " Next try at " + next + ".");
            }
            case UnmergeResult.TooLittle _,
                    UnmergeResult.Stopped _,
                    UnmergeResult.Refused _,
                    UnmergeResult.Killed _,
                    UnmergeResult.Failed _ -> new HeldBack(hash, now, now.plus(AFTER_A_REFUSAL), failure);
        };
    }

    /** Every write is read back. The settings say what {@code run} is to be, too. */
    private boolean setAndStart(List<Action.Set> settings, boolean unmerged, Outcome outcome) {
        return settings.stream()
                .filter(setting -> unmerged || !WriteOrder.NEED_UNMERGED.contains(setting.knob()))
                .allMatch(setting -> writer.writeAndGoOn(setting.knob(), setting.value(), Level.INFO, outcome));
    }
}
