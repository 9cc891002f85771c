package dev.samepage.testbed.guests;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Anonymous memory that ksmd may merge: mmap(2) and madvise(2). It lives until the process ends. */
@SuppressWarnings("restricted")
final class MarkedMemory {
    /** Values of asm-generic/mman-common.h, the same on every architecture that runs virtual machines. */
    private static final int PROT_READ_WRITE = 0x1 | 0x2;

    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int MADV_MERGEABLE = 12;
    private static final int MADV_NOHUGEPAGE = 15;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private MarkedMemory() {}

    /**
     * Maps memory and marks it mergeable.
     *
     * @param bytes a multiple of the page size
     * @throws IllegalStateException if the kernel refuses; errno 22 (EINVAL) on MADV_MERGEABLE: it has no KSM
     */
    static MemorySegment allocate(long bytes, boolean hugePages) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            var address = (MemorySegment) function(
                            "mmap",
                            FunctionDescriptor.of(
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG))
                    .invokeExact(state, MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            check(address.address() != -1L, "mmap of " + bytes + " bytes", state);
            advise(state, address, bytes, MADV_MERGEABLE, "MADV_MERGEABLE");
            if (!hugePages) {
                advise(state, address, bytes, MADV_NOHUGEPAGE, "MADV_NOHUGEPAGE");
            }
            return address.reinterpret(bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void advise(MemorySegment state, MemorySegment address, long bytes, int advice, String name)
            throws Throwable {
        var result = (int) function(
                        "madvise",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                .invokeExact(state, address, bytes, advice);
        check(result == 0, "madvise(" + name + ")", state);
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
        return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
    }

    private static void check(boolean worked, String what, MemorySegment state) {
        if (!worked) {
            throw new IllegalStateException(what + " failed: errno " + (int) ERRNO.get(state, 0L));
        }
    }
}
