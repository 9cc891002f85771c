package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.WriteResult;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;

/** A simulated kernel, whose time passes where the real one's would. */
final class SimulatedKernelAtHand implements KernelAtHand {
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration START = Duration.ofSeconds(1);

    private final SimulatedKsm ksm;

    /** @param slowness how many times slower than the machine of {@link PageCosts#measured} */
    SimulatedKernelAtHand(double slowness) {
        ksm = new SimulatedKsm(
                SimulatedKernel.linux618().withCosts(PageCosts.measured().times(slowness)));
    }

    @Override
    public void set(Knob knob, long value) {
        if (!(ksm.set(knob, value) instanceof WriteResult.Written)) {
            throw new IllegalStateException(knob + "=" + value + " was refused");
        }
    }

    @Override
    public void start(int count, GuestMemory memory) {
        ksm.start(count, memory);
        ksm.advance(START.plus(memory.markAfter()).plus(memory.fillTime()));
    }

    @Override
    public void endOldestGuest() {
        ksm.end(ksm.guests().getFirst());
    }

    @Override
    public Counters counters() {
        return ksm.counters();
    }

    @Override
    public long ksmdCpuNanos() {
        return ksm.ksmdCpuNanos();
    }

    @Override
    public long savedBytes() {
        return ksm.savedBytes();
    }

    @Override
    public void pause() {
        ksm.advance(MOMENT);
    }

    @Override
    public void close() {
        // Nothing runs.
    }
}
