package dev.samepage.agent;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import java.time.Duration;
import java.time.Instant;

/** A control plane that may fall silent: an agent then goes on with what it heard last, and a new one hears nothing. */
final class SilentControlPlane implements ControlPlane {
    private final NodeClock clock;
    private Knowledge truth = new Knowledge.Absent();
    private Knowledge heard = new Knowledge.Unknown();
    private Instant absentSince;
    private Instant absenceHeardOf;
    private boolean answers = true;

    SilentControlPlane(NodeClock clock) {
        this.clock = clock;
        absentSince = clock.steady();
        absenceHeardOf = absentSince;
    }

    void tell(KsmNodeSpec spec) {
        truth = new Knowledge.Present(spec, 1L, null);
    }

    void ksmNodeIsGone() {
        if (!(truth instanceof Knowledge.Absent)) {
            truth = new Knowledge.Absent();
            absentSince = clock.steady();
        }
    }

    void answers(boolean whetherItDoes) {
        answers = whetherItDoes;
    }

    /** A new agent is there, which has heard nothing yet. */
    void agentStarts() {
        heard = new Knowledge.Unknown();
    }

    /** What there is to know, heard or not. */
    Knowledge truth() {
        return truth;
    }

    /** What the agent knows. */
    Knowledge heard() {
        return heard;
    }

    /** How long there has been no KsmNode, as far as the agent has heard; means nothing where it has heard of one. */
    Duration absent() {
        return Duration.between(absenceHeardOf, clock.steady());
    }

    @Override
    public Knowledge knowledge() {
        if (answers) {
            if (truth instanceof Knowledge.Absent && !(heard instanceof Knowledge.Absent)) {
                absenceHeardOf = absentSince;
            }
            heard = truth;
        }
        return heard;
    }

    @Override
    public void report(KsmNodeStatus status) {
        // Nobody reads it.
    }
}
