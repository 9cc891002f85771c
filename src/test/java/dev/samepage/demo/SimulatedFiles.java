package dev.samepage.demo;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.sim.SimulatedGuest;
import dev.samepage.tuning.sim.SimulatedKsm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A simulated kernel's files, as {@code /sys/kernel/mm/ksm} and /proc have them. Plain files refuse nothing and follow nothing: what the
 * kernel would not take is put back by the next {@link #show}, and what it changes by itself appears there.
 */
final class SimulatedFiles {
    private static final String OS_RELEASE = "6.18.0-simulated";
    private static final int KSMD = 37;
    private static final long AT_PAGESZ = 6;
    private static final long PAGE_BYTES = 4096;

    /** The advisor before what it resets, {@code run} when everything else is in place. */
    private static final List<Knob> ORDER = Stream.of(
                    EnumSet.of(Knob.ADVISOR_MODE),
                    EnumSet.complementOf(EnumSet.of(Knob.ADVISOR_MODE, Knob.RUN)),
                    EnumSet.of(Knob.RUN))
            .flatMap(EnumSet::stream)
            .toList();

    private final Path root;
    private final Path ksm;
    private final Path proc;
    private final SimulatedKsm kernel;
    private final FakeProc processes;
    private final Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
    private final Map<Path, String> shown = new HashMap<>();

    SimulatedFiles(Path root, SimulatedKsm kernel) throws IOException {
        this.root = root;
        this.kernel = kernel;
        ksm = Files.createDirectory(root.resolve("ksm"));
        proc = Files.createDirectory(root.resolve("proc"));
        processes = new FakeProc(proc);
        processes.kernelThreads();
        processes.uptime(1000);
        processes.file("sys/kernel/osrelease", OS_RELEASE + "\n");
        processes.file("sys/kernel/random/boot_id", UUID.randomUUID() + "\n");
        processes.bytes("self/auxv", auxiliaryVector());
        show();
    }

    private static byte[] auxiliaryVector() {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(AT_PAGESZ)
                .putLong(PAGE_BYTES)
                .array();
    }

    HostDirectories directories() {
        return new HostDirectories(ksm, proc, root.resolve("state"));
    }

    /** Gives the kernel what was written to its knobs. */
    void takeWrites() throws IOException {
        for (Knob knob : ORDER) {
            OptionalLong value = written(knob);
            if (value.isPresent()) {
                knobs.put(knob, value.getAsLong());
                kernel.set(knob, value.getAsLong());
            }
        }
    }

    private OptionalLong written(Knob knob) throws IOException {
        try {
            // A file that is just being written is empty, which no knob understands.
            OptionalLong value =
                    knob.parse(Files.readString(ksm.resolve(knob.file())).strip());
            return value.equals(shownValue(knob)) ? OptionalLong.empty() : value;
        } catch (NoSuchFileException lacking) {
            return OptionalLong.empty();
        }
    }

    private OptionalLong shownValue(Knob knob) {
        Long value = knobs.get(knob);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Writes what has changed since it was called last. */
    void show() throws IOException {
        for (Map.Entry<Knob, Long> entry : kernel.knobs().entrySet()) {
            Knob knob = entry.getKey();
            Long value = entry.getValue();
            if (!value.equals(knobs.put(knob, value))) {
                replace(ksm.resolve(knob.file()), knob.text(value));
            }
        }
        Counters counters = kernel.counters();
        for (Counter counter : Counter.values()) {
            OptionalLong value = counters.get(counter);
            if (value.isPresent()) {
                show(ksm.resolve(counter.file()), Long.toString(value.getAsLong()));
            }
        }
        HostMemory memory = kernel.memory();
        show(
                proc.resolve("meminfo"),
                "MemTotal: %d kB\nMemAvailable: %d kB"
                        .formatted(memory.totalBytes() / 1024, memory.availableBytes() / 1024));
        OptionalLong cowKsm = kernel.cowKsm();
        if (cowKsm.isPresent()) {
            show(proc.resolve("vmstat"), "cow_ksm " + cowKsm.getAsLong());
        }
        show(process(KSMD).resolve("schedstat"), kernel.ksmdCpuNanos() + " 0 0");
        for (SimulatedGuest guest : kernel.guests()) {
            show(guest);
        }
    }

    private void show(SimulatedGuest guest) throws IOException {
        Path directory = process(guest.pid());
        if (!Files.exists(directory)) {
            processes.process(guest.pid(), "qemu-system-x86", 990);
            processes.commandLine(guest.pid(), "qemu-system-x86_64", "-name", "guest=demo_simulated-" + guest.pid());
        }
        long residentPages = guest.residentBytes() / PAGE_BYTES;
        show(directory.resolve("statm"), "%d %d 0 0 0 0 0".formatted(residentPages, residentPages));
        show(
                directory.resolve("ksm_stat"),
                "ksm_rmap_items %d\nksm_mergeable: %s"
                        .formatted(guest.scannedPages(), guest.isMergeable() ? "yes" : "no"));
    }

    private Path process(int pid) {
        return proc.resolve(Integer.toString(pid));
    }

    private void show(Path file, String text) throws IOException {
        if (!text.equals(shown.put(file, text))) {
            replace(file, text);
        }
    }

    /** As a whole: the agent reads at any moment. */
    private void replace(Path file, String text) throws IOException {
        Path next = root.resolve("next");
        Files.writeString(next, text + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
