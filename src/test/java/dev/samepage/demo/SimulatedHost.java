package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import dev.samepage.testbed.FileTree;
import dev.samepage.tuning.sim.SimulatedKernel;
import dev.samepage.tuning.sim.SimulatedKsm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A {@link SimulatedKsm} in real time, with files for the agent to find: a hundred times a second it is given what was written to its knobs, goes
 * on to the time that it is, and shows what has come of it.
 */
public final class SimulatedHost implements DemoHost {
    private static final Duration BEAT = Duration.ofMillis(10);

    private final Path root;
    private final SimulatedKsm kernel = new SimulatedKsm(SimulatedKernel.linux618());
    private final Map<Knob, Long> found = kernel.knobs();
    private final SimulatedFiles files;
    private final Thread clock =
            Thread.ofPlatform().daemon().name("simulated-kernel").unstarted(this::run);
    private final long startNanos = System.nanoTime();

    private SimulatedHost(Path root) throws IOException {
        this.root = root;
        files = new SimulatedFiles(root, kernel);
    }

    /** A kernel like Linux 6.18 with its defaults, and no guests. */
    public static SimulatedHost start() {
        try {
            var host = new SimulatedHost(Files.createTempDirectory("samepage-simulated-"));
            host.clock.start();
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public HostDirectories directories() {
        return files.directories();
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
        kernel.start(count, GUEST);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(BEAT);
                beat();
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void beat() throws IOException {
        files.takeWrites();
        // A write to run waits for ksmd, which may have taken the kernel ahead of the time.
        long nanos = System.nanoTime() - startNanos - kernel.nanoTime();
        kernel.advance(Duration.ofNanos(Math.max(0, nanos)));
        files.show();
    }

    @Override
    public void close() throws IOException {
        clock.interrupt();
        try {
            clock.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new FileTree(root).delete();
    }
}
