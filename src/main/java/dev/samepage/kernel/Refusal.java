package dev.samepage.kernel;

import java.io.IOException;
import java.util.OptionalLong;

/** What the kernel's one-word refusals mean, in words that go on after a colon. */
final class Refusal {
    private Refusal() {}

    /** Why the kernel did not take a value for this knob, given how it stands now. */
    static String cause(Knob knob, IOException e, Ksm now) {
        try {
            return switch (Errno.of(e)) {
                case EINVAL -> invalid(knob, now);
                case EBUSY -> busy(now);
                case ENOMEM -> "the kernel had no memory to do it";
                case EINTR -> "a signal came before it was done";
                case ERANGE -> "the kernel's type for it is too small";
                case EACCES, EPERM, EROFS, ENOENT, OTHER -> access(e);
            };
        } catch (IOException unreadable) {
            return access(e);
        }
    }

    private static String invalid(Knob knob, Ksm now) throws IOException {
        return knob == Knob.PAGES_TO_SCAN && now.value(Knob.ADVISOR_MODE).orElse(0) == 1
                ? "the kernel's advisor is on (advisor_mode=scan-time)"
                : "this kernel does not accept the value";
    }

    private static String busy(Ksm now) throws IOException {
        OptionalLong shared = now.counters().get(Counter.PAGES_SHARED);
        return shared.orElse(0) > 0
                ? shared.getAsLong()
                        + " merged pages are in use (pages_shared), and it can only change while there are none"
                : "ksmd has not yet let go of pages that were merged";
    }

    /** Why a file could not be opened, read or written. */
    static String access(IOException e) {
        return switch (Errno.of(e)) {
            case EACCES, EPERM ->
                "this process may not: it takes uid 0 of the host, and no AppArmor or SELinux profile against it";
            case EROFS -> "it is mounted read-only: in a container, mount the host's /sys/kernel/mm/ksm outside /sys";
            case ENOENT -> "there is no such file";
            case EINVAL, EBUSY, ENOMEM, EINTR, ERANGE, OTHER -> Text.shown(String.valueOf(e.getMessage()));
        };
    }
}
