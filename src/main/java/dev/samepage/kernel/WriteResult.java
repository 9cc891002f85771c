package dev.samepage.kernel;

/** What came of writing one knob. Only {@link Written} means that the kernel now holds the value. */
public sealed interface WriteResult {
    Knob knob();

    /** The value that was to be written. */
    long value();

    /** What was to be written, in the kernel's words: {@code advisor_mode=none}. */
    default String setting() {
        return knob().file() + "=" + knob().text(value());
    }

    /** The kernel took the value and reads it back. */
    record Written(Knob knob, long value) implements WriteResult {}

    /** The kernel does not hold the value, or was not even asked to. */
    sealed interface Failed extends WriteResult {
        /** Why, in words that go on after a colon: {@code EINVAL, the kernel's advisor is on (advisor_mode=scan-time)}. */
        String reason();
    }

    /**
     * The kernel did not take it.
     *
     * @param cause what {@code errno} means here: {@code the kernel's advisor is on (advisor_mode=scan-time)}
     */
    record Refused(Knob knob, long value, Errno errno, String cause) implements Failed {
        @Override
        public String reason() {
            return errno == Errno.OTHER ? cause : errno + ", " + cause;
        }
    }

    /**
     * The kernel took it without complaint and holds something else: somebody else writes too, or changes it for its own reasons.
     *
     * @param readBack the text that the file reads
     */
    record NotKept(Knob knob, long value, String readBack) implements Failed {
        @Override
        public String reason() {
            return "it was accepted, but reads back as \"" + readBack + "\"";
        }
    }

    /** This kernel has no such knob. Nothing was written. */
    record Missing(Knob knob, long value) implements Failed {
        @Override
        public String reason() {
            return "this kernel has no " + knob.file();
        }
    }

    /** The value is outside {@link Knob#min} to {@link Knob#max}. Nothing was written: the kernel may wrap instead of failing. */
    record OutOfRange(Knob knob, long value) implements Failed {
        @Override
        public String reason() {
            return knob.max() == Long.MAX_VALUE
                    ? "it must be at least " + knob.min()
                    : "it must be from " + knob.min() + " to " + knob.max();
        }
    }

    /**
     * The kernel would take it and the host would suffer. Nothing was written.
     *
     * @param reason what would happen
     */
    record Unsafe(Knob knob, long value, String reason) implements Failed {}

    /** The write would block until the kernel has taken memory offline ({@code run} reads 4, 5 or 6). Nothing was written. */
    record Busy(Knob knob, long value) implements Failed {
        @Override
        public String reason() {
            return "the kernel is taking memory offline";
        }
    }
}
