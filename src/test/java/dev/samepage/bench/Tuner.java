package dev.samepage.bench;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.WriteResult;
import java.io.IOException;
import java.util.Map;

/** Somebody who turns ksmd's knobs: once, in a loop of this process, or as a program of its own. It starts from the kernel's defaults. */
sealed interface Tuner permits FixedTuner, LawTuner, ProgramTuner {
    /** As it is named on the command line and in tables. */
    String name();

    /** What it does, in a few words. */
    String about();

    /**
     * Lets it work until {@link AtWork#close}.
     *
     * @throws IOException if it cannot be started
     * @throws IllegalStateException if the kernel refuses a knob
     */
    AtWork start(Ksm ksm) throws IOException;

    /** A tuner that works. */
    interface AtWork extends AutoCloseable {
        /** CPU time that it has used itself, without ksmd's. */
        double ownCpuSeconds();

        /**
         * Ends it. The knobs stay as they are.
         *
         * @throws IllegalStateException if it has failed meanwhile
         */
        @Override
        void close();
    }

    /**
     * Writes knobs, {@code run} last.
     *
     * @throws IllegalStateException if the kernel refuses one
     */
    static void write(Ksm ksm, Map<Knob, Long> knobs) {
        knobs.forEach((knob, value) -> {
            if (knob != Knob.RUN) {
                write(ksm, knob, value);
            }
        });
        Long run = knobs.get(Knob.RUN);
        if (run != null) {
            write(ksm, Knob.RUN, run);
        }
    }

    private static void write(Ksm ksm, Knob knob, long value) {
        if (ksm.write(knob, value) instanceof WriteResult.Failed failed) {
            throw new IllegalStateException(failed.setting() + ": " + failed.reason());
        }
    }
}
