package dev.samepage.kernel;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/**
 * The kernel's reason for a refusal. The JDK keeps no error numbers, only the words of {@code strerror(3)}: those of glibc and of musl are
 * known, in the C locale. Under another language the answer may be {@link #OTHER}; {@code LC_MESSAGES=C} avoids that.
 */
public enum Errno {
    /** The value, or the value at this moment, is not accepted. */
    EINVAL("Invalid argument"),
    /** Not now: something is in use. */
    EBUSY("Device or resource busy", "Resource busy"),
    /** This process may not. */
    EACCES("Permission denied"),
    /** This process may not, whatever the file's mode. */
    EPERM("Operation not permitted"),
    /** The file system is mounted read-only. */
    EROFS("Read-only file system"),
    /** No such file. */
    ENOENT("No such file or directory"),
    /** The kernel had no memory to do it. */
    ENOMEM("Cannot allocate memory", "Out of memory"),
    /** A signal came before it was done. */
    EINTR("Interrupted system call"),
    /** The number does not fit into the kernel's type. */
    ERANGE("Numerical result out of range", "Result not representable"),
    /** Any other reason. */
    OTHER("");

    private final String glibc;
    private final String musl;

    Errno(String glibc, String musl) {
        this.glibc = glibc;
        this.musl = musl;
    }

    Errno(String both) {
        this(both, both);
    }

    /** The reason that the exception stands for. Exceptions without one are {@link #OTHER}. */
    public static Errno of(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> ENOENT;
            case AccessDeniedException denied -> EACCES;
            case ClosedByInterruptException interrupted -> EINTR;
            case FileSystemException other -> of(other.getReason() == null ? "" : other.getReason());
            default -> of(e.getMessage() == null ? "" : e.getMessage());
        };
    }

    private static Errno of(String text) {
        return Arrays.stream(values())
                .filter(errno -> text.contains(errno.glibc) || text.contains(errno.musl))
                .findFirst()
                .orElse(OTHER);
    }
}
