package dev.samepage.agent;

import dev.samepage.agent.Activity.Aim;
import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.Step;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One node's loop: observe, decide, apply, report. A round takes some milliseconds and is meant to be run once a second, and whenever
 * the control plane has something new. Not thread-safe.
 */
public final class Agent {
    /** How often there is a round, unless Adaptive wants to look sooner. */
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final String node;
    private final Host host;
    private final Journal journal;
    private final ControlPlane controlPlane;
    private final ReportSchedule schedule;
    private final Activity activity;

    private final Kernel kernel;
    private final Instructions instructions;
    private final Safekeeping safekeeping;
    private final Observer observer;
    private final UnmergeProcedure unmerging;
    private final Applier applier;
    private final StatusReport statusReport;
    private final Adaptation adaptation;
    private final DriftWatch watch;

    private Attempts attempts = Attempts.none();
    private Standing standing = new Standing("", State.APPLYING, "Starting.", null);
    private @Nullable KsmNodeStatus newest;

    /** What was known in the last whole round. */
    private @Nullable Knowledge answered;

    /**
     * An agent that goes on with what the journal says until the control plane speaks.
     *
     * @param node its name, for messages
     * @param nanoTime a clock that never goes back, in nanoseconds
     * @param activity where it says what it does
     */
    public Agent(
            String node,
            Host host,
            StateFiles stateFiles,
            ControlPlane controlPlane,
            ReportSchedule schedule,
            LongSupplier nanoTime,
            Activity activity) {
        this.node = node;
        this.host = host;
        this.controlPlane = controlPlane;
        this.schedule = schedule;
        this.activity = activity;
        kernel = host.kernel();
        StateFiles files = new CountedStateFiles(stateFiles, activity);
        journal = new Journal(files, kernel.bootId());
        instructions = new Instructions(node, journal, nanoTime);
        safekeeping = new Safekeeping(node, journal);
        observer = new Observer(node, host, kernel, nanoTime);
        KnobWriter writer = new KnobWriter(node, host.ksm(), activity);
        unmerging = new UnmergeProcedure(host, writer, files, this::isAskedFor);
        applier = new Applier(writer, unmerging, journal);
        statusReport = new StatusReport(kernel);
        adaptation = new Adaptation(host, kernel.pageSizeBytes(), nanoTime);
        watch = new DriftWatch(node, host.proc().suspects(), nanoTime, activity);
    }

    /** One round; a brief one, which reports nothing, where Adaptive only waits for ksmd or for guests to grow. */
    public KsmNodeStatus round() {
        Knowledge knowledge = controlPlane.knowledge();
        Assignment assignment = instructions.assignment(knowledge);
        if (newest != null && !isAwaited(knowledge, newest) && look(knowledge, assignment)) {
            return newest;
        }
        answered = knowledge;
        newest = round(knowledge, assignment);
        return newest;
    }

    /** Whether the control plane waits for an answer that no whole round has given: that this generation was seen, or all of it. */
    private boolean isAwaited(Knowledge knowledge, KsmNodeStatus newest) {
        return knowledge instanceof Knowledge.Present(KsmNodeSpec _, Long generation, KsmNodeStatus told)
                && (told == null || !Objects.equals(generation, newest.observedGeneration()))
                && !knowledge.equals(answered);
    }

    /** Whether the control plane has said nothing else since. */
    private boolean isAskedFor(String hash) {
        return !(controlPlane.knowledge() instanceof Knowledge.Present told)
                || told.spec().hash().equals(hash);
    }

    /** Has the round that is under way end soon. From any thread. */
    void end() {
        unmerging.end();
    }

    /** After which the next round is due. */
    public Duration untilNextRound() {
        return adaptation.nextLook().orElse(BEAT);
    }

    private KsmNodeStatus round(Knowledge knowledge, Assignment assignment) {
        Optional<StatusReport.Measured> measured = observer.observe();
        if (measured.isPresent()) {
            Sample sample = measured.orElseThrow().sample();
            Optional<String> hindrance = safekeeping.hindrance(assignment, sample.knobs());
            watch.look(assignment.hashOrEmpty(), sample, journal.originals().isPresent());
            Optional<Rival> rival = watch.rival();
            boolean stays = rival.isPresent() || hindrance.isPresent();
            if (stays) {
                adaptation.forget();
            }
            Map<Knob, Long> adapted = stays
                    ? Map.of()
                    : adaptation.whole(assignment, sample).map(Step::knobs).orElse(Map.of());
            Decision decision = hindrance.map(Decision::refused).orElseGet(() -> decide(assignment, sample, adapted));
            activity.aimsAt(new Aim(
                    instructions.policy(knowledge), decision.wanted(sample.knobs()), decision.unmergeRefused()));
            if (rival.isPresent()) {
                standing = Standing.contended(assignment.hashOrEmpty(), rival.orElseThrow(), decision);
            } else if (settle(knowledge, assignment, decision, sample, adapted)) {
                measured = observer.observe();
                measured.ifPresent(now -> adaptation.applied(now.sample().knobs()));
            }
            if (journal.unread().isEmpty()
                    && assignment instanceof Assignment.Released
                    && journal.originals().isEmpty()) {
                instructions.forget();
            }
        } else {
            activity.aimsAt(null);
            adaptation.forget();
            withoutKsm(assignment);
        }
        return report(knowledge, measured.orElse(null));
    }

    private Decision decide(Assignment assignment, Sample sample, Map<Knob, Long> adapted) {
        return Decision.of(
                assignment,
                sample,
                journal.originals().orElse(null),
                !assignment.tunes() && journal.damage().isPresent(),
                kernel,
                adapted,
                unmerging.heldBack(assignment.hashOrEmpty()).orElse(null));
    }

    /** A brief round; false where it is time for a whole one. */
    private boolean look(Knowledge knowledge, Assignment assignment) {
        Optional<Adaptation.Look> look;
        try {
            look = adaptation.brief(assignment);
        } catch (IOException e) {
            return false;
        }
        if (look.isEmpty()) {
            return false;
        }
        Sample sample = look.orElseThrow().sample();
        Map<Knob, Long> adapted = look.orElseThrow().step().knobs();
        Decision decision = decide(assignment, sample, adapted);
        if (isChangedByOthers(sample, !decision.actions().isEmpty())) {
            return false;
        }
        if (!decision.actions().isEmpty() && settle(knowledge, assignment, decision, sample, adapted)) {
            adaptation.applied(decision.wanted(sample.knobs()));
            boolean runs = adapted.getOrDefault(Knob.RUN, 0L) != 0;
            boolean ran = sample.knobs().getOrDefault(Knob.RUN, 0L) != 0;
            if (runs != ran || standing.state() != State.APPLIED) {
                adaptation.lookAtEverything();
            }
        }
        return true;
    }

    /**
     * Whether there is something for a whole round to look at.
     *
     * @param writes whether something is to be written: then what is believed of the knobs is not good enough
     */
    private boolean isChangedByOthers(Sample sample, boolean writes) {
        try {
            return watch.differs(writes ? host.ksm().read() : sample.knobs());
        } catch (IOException e) {
            return true;
        }
    }

    /** Where nothing was ever written there is nothing to put back either, KSM or not. */
    private void withoutKsm(Assignment assignment) {
        boolean nothingToRestore =
                journal.originals().isEmpty() && journal.unread().isEmpty();
        if (assignment instanceof Assignment.Released && nothingToRestore) {
            instructions.forget();
            standing = new Standing(
                    assignment.hashOrEmpty(),
                    State.RESTORED,
                    "Nothing that Samepage changed is left on this node.",
                    null);
        } else {
            standing = new Standing(assignment.hashOrEmpty(), State.FAILED, observer.unusable(), null);
        }
    }

    /** Carries the decision out if it is time to; whether anything was written. */
    private boolean settle(
            Knowledge knowledge, Assignment assignment, Decision decision, Sample sample, Map<Knob, Long> adapted) {
        String hash = assignment.hashOrEmpty();
        attempts = attempts.of(hash);
        if (decision.actions().isEmpty()) {
            watch.settled(sample.at());
            standing = Standing.of(hash, decision, remark(decision));
            return false;
        }
        if (sample.busy()) {
            standing = Standing.applying(hash, "Waiting: memory is being taken offline on " + node + ".", decision);
            return false;
        }
        return switch (watch.advice(decision.actions())) {
            case OWN_MATTER -> order(knowledge, hash, decision, sample, adapted);
            case PUT_BACK -> {
                watch.puttingBack(decision.actions(), sample.at());
                long written = activity.counted(Deed.WRITE);
                apply(knowledge, hash, decision, sample, Level.INFO);
                activity.count(Deed.PUT_BACK, activity.counted(Deed.WRITE) - written);
                yield true;
            }
            case WAIT -> {
                standing = Standing.applying(
                        hash,
                        "Somebody else has changed KSM here again (" + watch.drift()
                                + "). It is put back with growing pauses.",
                        decision);
                yield false;
            }
            case STAND_DOWN -> {
                standing = Standing.contended(hash, watch.giveWay(sample.at()), decision);
                adaptation.forget();
                yield assignment.isAdaptive() && endBoost(hash, sample);
            }
        };
    }

    /** While way is given nobody ends ksmd's laps; where it was not somebody else who has set {@code run}, it is stopped before. */
    private boolean endBoost(String hash, Sample sample) {
        if (sample.knobs().getOrDefault(Knob.RUN, 0L) != 1
                || watch.drift().theirs().containsKey(Knob.RUN)) {
            return false;
        }
        watch.wrote(applier.apply(Decision.stop().actions(), sample.knobs(), hash, Level.INFO, _ -> {})
                .left());
        return true;
    }

    /** Carries out what is wanted anew, or was refused, if it is time to; whether anything was written. */
    private boolean order(Knowledge knowledge, String hash, Decision decision, Sample sample, Map<Knob, Long> adapted) {
        Map<Knob, Long> changes = decision.changes(sample.knobs());
        if (!attempts.mayTry(changes.keySet(), sample.at())) {
            if (standing.state() != State.FAILED) {
                standing = Standing.applying(
                        hash, toBeSet(decision) + " It is tried again with growing pauses.", decision);
            }
            return false;
        }
        Outcome outcome = apply(knowledge, hash, decision, sample, adapted.isEmpty() ? Level.INFO : Level.DEBUG);
        attempts = attempts.next(outcome.outstanding(changes), sample.at());
        return true;
    }

    private Outcome apply(Knowledge knowledge, String hash, Decision decision, Sample sample, Level level) {
        activity.count(Deed.ATTEMPT);
        Outcome outcome = applier.apply(decision.actions(), sample.knobs(), hash, level, unmerges -> {
            standing = Standing.applying(hash, unmerges, decision);
            report(knowledge, observer.observe().orElse(null));
        });
        watch.wrote(outcome.left());
        standing = outcome.succeeded()
                ? Standing.of(hash, decision, remark(decision))
                : new Standing(
                        hash,
                        outcome.isCalledOff() ? State.APPLYING : State.FAILED,
                        failed(outcome.failures(), decision),
                        decision.degraded());
        return outcome;
    }

    /** What stands after the decision's message; a refusal ends with its own advice. */
    private String remark(Decision decision) {
        return decision.state() == State.FAILED
                ? watch.remark()
                : watch.remark() + journal.damage().map(" "::concat).orElse("");
    }

    private static String toBeSet(Decision decision) {
        return Decision.settings(decision.actions())
                .map(setting -> setting.knob().file() + "=" + setting.knob().text(setting.value()))
                .collect(Collectors.joining(", ", "To be set: ", "."));
    }

    /** One advice at a time, where not all can be told. */
    private static String failed(List<String> failures, Decision decision) {
        List<String> all = new ArrayList<>(failures);
        if (decision.state() == State.FAILED) {
            all.addFirst(decision.message());
        }
        String joined = String.join(" ", all);
        return joined.length() <= StatusReport.MAX_MESSAGE || all.size() == 1
                ? joined
                : all.getFirst() + " And " + (all.size() - 1) + " more: see the agent's log.";
    }

    private KsmNodeStatus report(Knowledge knowledge, StatusReport.@Nullable Measured measured) {
        Instant now = host.clock().instant();
        Long generation = null;
        KsmNodeStatus previous = null;
        if (knowledge instanceof Knowledge.Present(KsmNodeSpec spec, Long seen, KsmNodeStatus status)) {
            generation = seen;
            if (status == null) {
                // Somebody has deleted the object and made it anew: whatever was said is gone.
                schedule.forget();
            }
            previous = status == null ? null : Objects.requireNonNullElse(schedule.sent(), status);
        }
        StatusReport.Measured told =
                measured == null ? null : measured.with(adaptation.progress().orElse(null));
        KsmNodeStatus status = statusReport.of(standing, told, now, generation, previous);
        if (knowledge instanceof Knowledge.Present && schedule.due(status, now)) {
            controlPlane.report(status);
        }
        return status;
    }
}
