package dev.samepage.agent;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Unmerge;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the node is to do: what the control plane says, and where it says nothing, what it said last, which the journal keeps. */
final class Instructions {
    /** How long a KsmNode may be gone before the node is released: somebody may be putting it back. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    /** Added to the hash of what was said last: that it is over is something new, to be done at once, whoever way was given to. */
    private static final String GONE = "-gone";

    /** What is done where the journal still has how the node was found, and nobody knows what it was told. */
    private static final KsmNodeSpec RESTORE =
            new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, "unknown");

    private static final Logger log = LoggerFactory.getLogger(Instructions.class);

    private final String node;
    private final Journal journal;
    private final LongSupplier nanoTime;
    private final Trouble saving = new Trouble();
    private final Trouble deleting = new Trouble();
    private @Nullable Long missingSinceNanos;
    private @Nullable Read lastRead;

    private record Read(KsmNodeSpec spec, Assignment assignment) {}

    /** Those of a node; {@code nanoTime} is a clock that never goes back, in nanoseconds. */
    Instructions(String node, Journal journal, LongSupplier nanoTime) {
        this.node = node;
        this.journal = journal;
        this.nanoTime = nanoTime;
    }

    /** What follows from what is known now; what is new in it is written down. */
    Assignment assignment(Knowledge knowledge) {
        boolean wasAdaptive =
                journal.spec().map(this::read).map(Assignment::isAdaptive).orElse(false);
        Assignment assignment = assignment(knowledge, wasAdaptive);
        return wasAdaptive ? assignment.endingAdaptive() : assignment;
    }

    private Assignment assignment(Knowledge knowledge, boolean wasAdaptive) {
        return switch (knowledge) {
            case Knowledge.Present(KsmNodeSpec spec, Long generation, KsmNodeStatus status) -> {
                missingSinceNanos = null;
                Assignment assignment = read(spec);
                boolean concerned = assignment instanceof Assignment.Covered
                        || journal.originals().isPresent();
                // Written down, it would hide from an agent that starts in between that ksmd is still to be stopped.
                boolean stopsKsmdFirst = wasAdaptive && assignment.keepsEverything();
                if (concerned && !stopsKsmdFirst) {
                    remember(spec);
                }
                yield assignment;
            }
            case Knowledge.Unknown() -> {
                missingSinceNanos = null;
                yield journal.spec().map(this::read).orElse(new Assignment.None());
            }
            case Knowledge.Absent() ->
                journal.spec()
                        .or(() -> journal.originals().map(found -> RESTORE))
                        .map(this::withoutKsmNode)
                        .orElse(new Assignment.None());
        };
    }

    /** What a spec asks for; asked many times a second, it is seldom another than the last. */
    private Assignment read(KsmNodeSpec spec) {
        if (lastRead == null || !lastRead.spec().equals(spec)) {
            lastRead = new Read(spec, Assignment.of(spec));
        }
        return lastRead.assignment();
    }

    /** The policy that covers the node as far as is known; empty where none does. */
    String policy(Knowledge knowledge) {
        return (knowledge instanceof Knowledge.Present present ? Optional.of(present.spec()) : journal.spec())
                .map(KsmNodeSpec::policy)
                .map(KsmNodeSpec.PolicyReference::name)
                .orElse("");
    }

    /**
     * A KsmNode that vanishes altogether is given a while to come back, whatever the wall clock says. The while begins anew when the API server
     * was not heard meanwhile.
     */
    private Assignment withoutKsmNode(KsmNodeSpec last) {
        long now = nanoTime.getAsLong();
        if (missingSinceNanos == null) {
            missingSinceNanos = now;
            log.atWarn().addKeyValue("node", node).log("KsmNode is gone: everything stays as it is for 5 minutes");
        }
        if (now - missingSinceNanos < GRACE.toNanos()) {
            return last.equals(RESTORE) ? new Assignment.None() : read(last);
        }
        return new Assignment.Released(last.hash() + GONE, last.onRemoval(), last.unmerge());
    }

    /** It is tried in every round, and fails alike. */
    private void remember(KsmNodeSpec spec) {
        try {
            journal.saveSpec(spec);
            saving.over();
        } catch (IOException e) {
            if (saving.isNew(e.toString())) {
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("node", node)
                        .log("A restart would not know what is wanted: spec not saved");
            }
        }
    }

    /** Nothing of it is left to be done: an agent that starts later is not to find it. */
    void forget() {
        try {
            journal.release();
            deleting.over();
        } catch (IOException e) {
            if (deleting.isNew(e.toString())) {
                log.atWarn().setCause(e).addKeyValue("node", node).log("What the node was told could not be deleted");
            }
        }
    }
}
