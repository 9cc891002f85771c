package dev.samepage.demo;

import dev.samepage.agent.StateDirectory;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KsmLoan;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.ProcessGuest;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** This machine, lent to one test or demo at a time. */
public final class RealHost implements DemoHost {
    private final KsmLoan loan;
    private final List<GuestFleet> fleets = new ArrayList<>();

    private RealHost(KsmLoan loan) {
        this.loan = loan;
    }

    /**
     * Takes this machine.
     *
     * @param say given a line for a person where it has to wait, or to tidy up
     * @throws IllegalStateException if another Samepage works on it
     */
    public static RealHost take(Consumer<String> say) throws IOException {
        KsmLoan loan = KsmLoan.take(() ->
                say.accept("Waiting: a test or another demo is using this machine's KSM (/run/samepage-test.lock)."));
        try {
            finishWhatWasCutShort(say);
            loan.foundAnew();
            return new RealHost(loan);
        } catch (IOException | RuntimeException e) {
            loan.giveBackAsItIs();
            throw e;
        }
    }

    /** A demo that was killed, or a crashed agent, leaves the originals in the state directory. */
    private static void finishWhatWasCutShort(Consumer<String> say) throws IOException {
        Path state = HostDirectories.REAL.state();
        try (Closeable free = new StateDirectory(state).tryLock().orElse(null)) {
            if (free == null) {
                throw new IllegalStateException("Another Samepage works on this machine: it holds " + state
                        + "/lock. Stop it first: two would undo each other's work.");
            }
        }
        if (Files.exists(state.resolve("originals"))) {
            say.accept("An earlier Samepage was killed before it could restore this machine: restoring it from " + state
                    + "/originals");
            Command.Output output = Command.of(
                            SamepageProcess.PROGRAM.toString(),
                            "local",
                            "-f",
                            "manifests/examples/observe.yaml",
                            "--for",
                            "0s")
                    .run();
            if (!output.succeeded()) {
                throw new IllegalStateException(output.stdout() + output.stderr());
            }
        }
    }

    @Override
    public HostDirectories directories() {
        return HostDirectories.REAL;
    }

    @Override
    public String nodeName() {
        try {
            String name = InetAddress.getLocalHost()
                    .getHostName()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9-]", "-");
            return name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") ? name : "this-host";
        } catch (UnknownHostException e) {
            return "this-host";
        }
    }

    @Override
    public String kernel() {
        return "the real kernel of this machine, Linux " + new HostProc(Path.of("/proc")).kernelRelease();
    }

    @Override
    public synchronized void startGuests(int count) {
        GuestFleet fleet = GuestFleet.start(count, new ProcessGuest(GUEST));
        fleets.add(fleet);
        fleet.awaitReady();
    }

    /** Its KSM, for whoever turns the knobs by hand. */
    public KsmLoan loan() {
        return loan;
    }

    @Override
    public Map<Knob, Long> found() {
        return loan.found();
    }

    @Override
    public synchronized void close() throws IOException {
        fleets.forEach(GuestFleet::close);
        fleets.clear();
        loan.close();
    }
}
