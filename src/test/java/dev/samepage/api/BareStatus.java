package dev.samepage.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status of a KsmNode that says how the node stands, and has no figures. */
public final class BareStatus {
    private BareStatus() {}

    /** Without the time of a sample. */
    public static KsmNodeStatus of(@Nullable Long generation, State state, String message, String hash) {
        return of(generation, state, message, hash, null);
    }

    public static KsmNodeStatus of(
            @Nullable Long generation, State state, String message, String hash, @Nullable String sampleTime) {
        return new KsmNodeStatus(
                generation,
                state,
                message,
                hash,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                sampleTime,
                List.of());
    }
}
