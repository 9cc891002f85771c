package dev.samepage.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of this class change the kernel's own KSM, see {@link HostKsm}: nobody else does meanwhile. Each test, or with
 * {@link Span#CLASS} the first one, starts from the kernel's defaults, and every knob is put back as it was found.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(HostKsm.class)
public @interface RealKsm {
    /** For how long the kernel is left to the tests. */
    Span value() default Span.TEST;

    /** From the kernel's defaults until every knob is put back. */
    enum Span {
        /** Each test starts from the defaults and leaves nothing behind. */
        TEST,
        /** A test finds what the one before it has left; the knobs are put back after the last. */
        CLASS
    }
}
