package dev.samepage.demo;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * A directory with files as {@code /sys/kernel/mm/ksm} has them, a small /proc, and a thread in the place of ksmd: while {@code run} is 1
 * it goes through the guests' pages at the rate that the knobs allow, and merges what is common at the second visit. It knows neither
 * smart_scan nor how the advisor works, and refuses nothing.
 */
public final class SimulatedHost implements DemoHost {
    private static final Duration BEAT = Duration.ofMillis(100);
    private static final long PAGE_BYTES = 4096;
    private static final long PAGES_PER_MEBIBYTE = (1 << 20) / PAGE_BYTES;
    /** Bookkeeping of the kernel for each page that it has seen ({@code struct ksm_rmap_item}). */
    private static final long ITEM_BYTES = 64;

    private static final double SECONDS_PER_PAGE = 2e-6;
    private static final long ADVISED_PAGES_TO_SCAN = 2000;
    private static final long TOTAL_KIBIBYTES = 16L << 20;
    private static final String OS_RELEASE = "6.18.0-simulated";
    private static final int FIRST_GUEST = 1001;
    private static final int KSMD = 37;

    private final Path root;
    private final Path ksm;
    private final FakeProc proc;
    private final Thread ksmd;

    private Map<Knob, Long> found = Map.of();
    private long guests;
    private long commonPages;
    private long uniquePages;
    private double visits;
    private double cpuSeconds;

    private SimulatedHost(Path root) throws IOException {
        this.root = root;
        ksm = Files.createDirectory(root.resolve("ksm"));
        proc = new FakeProc(Files.createDirectory(root.resolve("proc")));
        ksmd = Thread.ofPlatform().daemon().name("simulated-ksmd").unstarted(this::scan);
    }

    /** A kernel like Linux 6.18 with its defaults, and no guests. */
    public static SimulatedHost start() {
        try {
            var kernel = new SimulatedHost(Files.createTempDirectory("samepage-simulated-"));
            FakeKsm defaults = FakeKsm.linux618();
            for (Knob knob : Knob.values()) {
                if (defaults.exists(knob.file())) {
                    Files.writeString(kernel.ksm.resolve(knob.file()), defaults.read(knob.file()));
                }
            }
            kernel.proc.kernelThreads();
            kernel.proc.uptime(1000);
            kernel.proc.file("sys/kernel/osrelease", OS_RELEASE + "\n");
            kernel.proc.file("sys/kernel/random/boot_id", UUID.randomUUID() + "\n");
            kernel.report();
            kernel.found = kernel.knobs();
            kernel.ksmd.start();
            return kernel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public HostDirectories directories() {
        return new HostDirectories(ksm, root.resolve("proc"), root.resolve("state"));
    }

    @Override
    public String nodeName() {
        return "simulated";
    }

    @Override
    public String kernel() {
        return "a simulated kernel";
    }

    @Override
    public Map<Knob, Long> found() {
        return found;
    }

    @Override
    public synchronized void startGuests(int count) {
        guests = count;
        commonPages = COMMON_MEBIBYTES * PAGES_PER_MEBIBYTE;
        uniquePages = UNIQUE_MEBIBYTES * PAGES_PER_MEBIBYTE;
        for (int number = 0; number < count; number++) {
            int pid = FIRST_GUEST + number;
            proc.process(pid, "qemu-system-x86", 990);
            proc.commandLine(pid, "qemu-system-x86_64", "-name", "guest=demo_simulated-" + number);
            proc.ksmStat(pid, commonPages + uniquePages, "no", "yes");
        }
    }

    private void scan() {
        long last = System.nanoTime();
        try {
            while (true) {
                Thread.sleep(BEAT);
                long now = System.nanoTime();
                beat((now - last) / 1e9);
                last = now;
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void beat(double seconds) throws IOException {
        switch (text(Knob.RUN)) {
            case "1" -> {
                double batch = pagesToScan() * SECONDS_PER_PAGE;
                double batches = seconds / (batch + number(Knob.SLEEP_MILLISECS) / 1e3);
                if (guests > 0) {
                    visits += batches * pagesToScan();
                    cpuSeconds += batches * batch;
                }
            }
            case "2" -> visits = 0;
            default -> {
                // It rests, and what is merged stays merged.
            }
        }
        report();
    }

    private long pagesToScan() throws IOException {
        return text(Knob.ADVISOR_MODE).contains("[none]")
                        || text(Knob.ADVISOR_MODE).equals("none")
                ? number(Knob.PAGES_TO_SCAN)
                : ADVISED_PAGES_TO_SCAN;
    }

    private void report() throws IOException {
        long lap = guests * (commonPages + uniquePages);
        double seen = lap == 0 ? 0 : Math.min(1, visits / lap);
        double merged = lap == 0 ? 0 : Math.clamp(visits / lap - 1, 0.0, 1.0);
        long shared = (long) (commonPages * merged);
        long sharing = shared * Math.max(0, guests - 1);
        long unshared = (long) (guests * uniquePages * merged);
        for (Counter counter : Counter.values()) {
            long value = switch (counter) {
                case PAGES_SHARED -> shared;
                case PAGES_SHARING -> sharing;
                case PAGES_UNSHARED -> unshared;
                case PAGES_VOLATILE -> Math.max(0, (long) (lap * seen) - shared - sharing - unshared);
                case FULL_SCANS -> lap == 0 ? 0 : (long) (visits / lap);
                case PAGES_SCANNED -> (long) visits;
                case GENERAL_PROFIT -> sharing * PAGE_BYTES - ITEM_BYTES * (long) (lap * seen);
                case KSM_ZERO_PAGES, PAGES_SKIPPED, STABLE_NODE_CHAINS, STABLE_NODE_DUPS -> 0;
            };
            replace(ksm.resolve(counter.file()), Long.toString(value));
        }
        long available = TOTAL_KIBIBYTES * 3 / 4 - (lap - sharing) * PAGE_BYTES / 1024;
        replace(
                root.resolve("proc", "meminfo"),
                "MemTotal: %d kB%nMemAvailable: %d kB%n".formatted(TOTAL_KIBIBYTES, available));
        replace(root.resolve("proc", Integer.toString(KSMD), "schedstat"), "%d 0 0".formatted((long)
                        (cpuSeconds * 1e9)));
    }

    /** As a whole: the agent reads at any moment. */
    private void replace(Path file, String text) throws IOException {
        Path temporary = root.resolve("next");
        Files.writeString(temporary, text + "\n");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private String text(Knob knob) throws IOException {
        return Files.readString(ksm.resolve(knob.file())).strip();
    }

    /** A file that is just being written reads empty. */
    private long number(Knob knob) throws IOException {
        String text = text(knob);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    @Override
    public void close() throws IOException {
        ksmd.interrupt();
        try {
            ksmd.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new FileTree(root).delete();
    }
}
