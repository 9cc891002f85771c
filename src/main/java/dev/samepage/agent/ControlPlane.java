package dev.samepage.agent;

import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import org.jspecify.annotations.Nullable;

/** Where the agent is told what to do and says how it went: the API server, or a policy file on this host. */
public interface ControlPlane {
    /** What is known now, at once and without waiting. */
    Knowledge knowledge();

    /** Says how the node stands. Returns at once; only the newest status counts. */
    void report(KsmNodeStatus status);

    /** What is known about this node's KsmNode. */
    sealed interface Knowledge {
        /** Nothing: the API server has not answered since the agent started, or since it said that there is none. */
        record Unknown() implements Knowledge {}

        /** There is none. */
        record Absent() implements Knowledge {}

        /**
         * There is one.
         *
         * @param generation of the object, if it has one
         * @param status what it says already
         */
        record Present(
                KsmNodeSpec spec,
                @Nullable Long generation,
                @Nullable KsmNodeStatus status) implements Knowledge {}
    }
}
