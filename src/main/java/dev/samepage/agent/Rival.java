package dev.samepage.agent;

import dev.samepage.kernel.KnownWriter;
import dev.samepage.kernel.Suspect;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps changing KSM's settings on a node, and is given way to.
 *
 * @param drift what was seen changed
 * @param suspect who it is likely to be; null where none of the known programs runs that writes such values
 * @param until how long way is given
 */
record Rival(Drift drift, @Nullable Suspect suspect, Instant until) {
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** In a word that programs can compare: {@code Ksmtuned}, {@code VirtHandler}, {@code UnknownWriter} and so on. */
    String reason() {
        return suspect == null ? "UnknownWriter" : word(suspect.writer());
    }

    private static String word(KnownWriter writer) {
        return switch (writer) {
            case KSMTUNED -> "Ksmtuned";
            case MOMD -> "Momd";
            case VCMMD -> "Vcmmd";
            case HARVESTER_NODE_MANAGER -> "HarvesterNodeManager";
            case VIRT_HANDLER -> "VirtHandler";
            case TUNED -> "Tuned";
        };
    }

    /** For a person. */
    String message() {
        return "Somebody else keeps changing KSM here (" + drift + "): " + who()
                + ". Stop one of the two. Nothing is written until " + TIME.format(until) + ".";
    }

    /** The likely writer and what speaks for it. */
    String who() {
        return suspect == null ? "none of the known programs, as far as can be seen" : evidence(suspect);
    }

    private static String evidence(Suspect suspect) {
        return switch (suspect.writer()) {
            case KSMTUNED, MOMD, VCMMD, HARVESTER_NODE_MANAGER -> suspect + " runs on this host";
            case VIRT_HANDLER -> "likely " + suspect + ", by KubeVirt's ksmConfiguration";
            case TUNED -> "likely " + suspect + ", by a profile that turns KSM off";
        };
    }
}
