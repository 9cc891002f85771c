package dev.samepage.kernel;

/** What came of writing one knob. Only {@link Written} means that the kernel now holds the value. */
public sealed interface WriteResult {
    Knob knob();

    /** The value that was to be written. */
    long value();

    /** The kernel took the value and reads it back. */
    record Written(Knob knob, long value) implements WriteResult {}

    /**
     * The kernel did not take it.
     *
     * @param cause what that means here, in words that go on after a colon: {@code the kernel's advisor is on (advisor_mode=scan-time)}
     */
    record Refused(Knob knob, long value, Errno errno, String cause) implements WriteResult {}

    /** The kernel took it without complaint, and holds something else: somebody else writes too, or the kernel does not know this value. */
    record NotKept(Knob knob, long value, String readBack) implements WriteResult {}

    /** This kernel has no such knob. Nothing was written. */
    record Missing(Knob knob, long value) implements WriteResult {}

    /** The value is outside {@link Knob#min} to {@link Knob#max}. Nothing was written: the kernel may wrap instead of failing. */
    record OutOfRange(Knob knob, long value) implements WriteResult {}

    /**
     * The kernel would take it and the host would suffer. Nothing was written.
     *
     * @param cause what would happen
     */
    record Unsafe(Knob knob, long value, String cause) implements WriteResult {}

    /** Memory is being taken offline ({@code run} reads 4, 5 or 6) and the write would block until that is over. Nothing was written. */
    record Busy(Knob knob, long value) implements WriteResult {}
}
