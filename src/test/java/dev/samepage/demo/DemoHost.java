package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import java.io.IOException;
import java.util.Map;

/** The machine whose memory is merged: this one, or a simulated one. Closed, it is as it was found. */
public sealed interface DemoHost extends AutoCloseable permits RealHost, SimulatedHost {
    /** The memory that each guest has in common with all others, in MiB. */
    int COMMON_MEBIBYTES = 60;

    /** The memory of each guest that no other has, in MiB. */
    int UNIQUE_MEBIBYTES = 20;

    /** Where the agent finds it. */
    HostDirectories directories();

    /** What its Node is called. */
    String nodeName();

    /** The kernel, for a person. */
    String kernel();

    /** Starts guests and waits until their memory is filled. */
    void startGuests(int count);

    /** Every knob as it was found. */
    Map<Knob, Long> found();

    /** Every knob now. */
    default Map<Knob, Long> knobs() throws IOException {
        return new Ksm(new KsmDirectory(directories().ksm())).read();
    }

    @Override
    void close() throws IOException;
}
