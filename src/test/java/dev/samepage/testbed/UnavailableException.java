package dev.samepage.testbed;

import java.io.Serial;

/** A real part is not to be had on this machine; the message names what is missing and how to get it. */
public final class UnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super(message);
    }
}
