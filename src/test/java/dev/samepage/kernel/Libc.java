package dev.samepage.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few functions of the C library that the kernel tests need and Java lacks. */
@SuppressWarnings("restricted")
final class Libc {
    static final int MADV_MERGEABLE = 12;
    static final int MADV_NOHUGEPAGE = 15;

    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private static final MethodHandle MMAP = function(
            FunctionDescriptor.of(
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG),
            "mmap");
    private static final MethodHandle MUNMAP =
            function(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG), "munmap");
    private static final MethodHandle MADVISE = function(
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
            "madvise");
    private static final MethodHandle CREAT =
            function(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), "creat");
    private static final MethodHandle FLOCK =
            function(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), "flock");
    private static final MethodHandle CLOSE =
            function(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), "close");

    private Libc() {}

    private static MethodHandle function(FunctionDescriptor descriptor, String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /** Private memory, not backed by any file, that Java will not move. */
    static MemorySegment map(long bytes) {
        MemorySegment memory =
                (MemorySegment) call(MMAP, MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        if (memory.address() == -1) {
            throw new IllegalStateException("mmap of " + bytes + " bytes failed");
        }
        return memory.reinterpret(bytes);
    }

    static void unmap(MemorySegment memory) {
        succeed("munmap", (int) call(MUNMAP, memory, memory.byteSize()));
    }

    static void advise(MemorySegment memory, int advice) {
        succeed("madvise", (int) call(MADVISE, memory, memory.byteSize(), advice));
    }

    /**
     * Takes the lock that flock(1) takes, which is not the one of {@code FileChannel.lock()}; {@link #close} gives it back.
     *
     * @param busy called before it waits for somebody else
     */
    static int flock(String file, Runnable busy) {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = succeed("creat", (int) call(CREAT, arena.allocateFrom(file), 0666));
            if ((int) call(FLOCK, descriptor, LOCK_EX | LOCK_NB) < 0) {
                busy.run();
                succeed("flock", (int) call(FLOCK, descriptor, LOCK_EX));
            }
            return descriptor;
        }
    }

    static void close(int descriptor) {
        succeed("close", (int) call(CLOSE, descriptor));
    }

    private static int succeed(String function, int result) {
        if (result < 0) {
            throw new IllegalStateException(function + " failed");
        }
        return result;
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
