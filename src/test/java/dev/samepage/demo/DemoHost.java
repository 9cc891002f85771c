package dev.samepage.demo;

import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.testbed.guests.GuestMemory;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;

/** The machine whose memory is merged: this one, or a simulated one. Closed, it is as it was found. */
public sealed interface DemoHost extends AutoCloseable permits RealHost, SimulatedHost {
    /** What each guest has. */
    GuestMemory GUEST = GuestMemory.of(60, 20);

    /** Where the agent finds it. */
    HostDirectories directories();

    /** What its Node is called. */
    String nodeName();

    /** The kernel, for a person. */
    String kernel();

    /** What is said of this host, marked where it is not real. */
    default String marked(String text) {
        return this instanceof SimulatedHost ? text + " (simulated)" : text;
    }

    /** Starts guests and waits until their memory is filled. */
    void startGuests(int count);

    /** Every knob as it was found. */
    Map<Knob, Long> found();

    /** Every knob now. */
    default Map<Knob, Long> knobs() throws IOException {
        return new Ksm(new KsmDirectory(directories().ksm())).read();
    }

    /** ksmd's CPU time since boot in nanoseconds; empty where it cannot be seen. */
    default OptionalLong ksmdCpuNanos() {
        return new HostProc(directories().proc()).ksmdCpuNanos();
    }

    @Override
    void close() throws IOException;
}
