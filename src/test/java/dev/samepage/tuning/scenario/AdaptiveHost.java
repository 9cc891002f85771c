package dev.samepage.tuning.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.ResidentGuest;
import dev.samepage.kernel.WriteResult;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.Adaptive;
import dev.samepage.tuning.AdaptiveSample;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Phase;
import dev.samepage.tuning.Step;
import dev.samepage.tuning.WriteOrder;
import dev.samepage.tuning.sim.SimulatedGuest;
import dev.samepage.tuning.sim.SimulatedKernel;
import dev.samepage.tuning.sim.SimulatedKsm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adaptive at work on a simulated host, and what is to be known of it afterwards. */
final class AdaptiveHost {
    /** As in the benchmark's scenario arrivals. */
    static final GuestMemory GUEST = GuestMemory.of(80, 60).withZero(20).withRewritten(16);

    final SimulatedKsm ksm;

    private AdaptiveSettings settings;
    private final boolean cpuIsVisible;
    private final List<Moment> moments = new ArrayList<>();
    private final Set<Integer> passed = new HashSet<>();
    private long laps;
    private long moreBytes;
    private @Nullable Step step;
    private boolean interrupted;

    /** One look. */
    record Moment(long nanos, Phase phase, String why, long cpuNanos, double savedShare, Map<Knob, Long> knobs) {
        double seconds() {
            return nanos / 1e9;
        }

        long value(Knob knob) {
            return Objects.requireNonNull(knobs.get(knob));
        }
    }

    AdaptiveHost(SimulatedKernel kernel) {
        this(kernel, AdaptiveSettings.defaults(), true);
    }

    AdaptiveHost(SimulatedKernel kernel, AdaptiveSettings settings, boolean cpuIsVisible) {
        this.ksm = new SimulatedKsm(kernel);
        this.settings = settings;
        this.cpuIsVisible = cpuIsVisible;
    }

    /** One without guests, with Linux 6.18 and the settings that are the default. */
    static AdaptiveHost host() {
        return new AdaptiveHost(SimulatedKernel.linux618());
    }

    /** One where all has been merged that can be. */
    static AdaptiveHost settledHost(int guests) {
        AdaptiveHost host = host();
        host.ksm.start(guests, GUEST);
        host.run(seconds(30));
        return host;
    }

    static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    /** Way is given to somebody else, who does nothing; ksmd stands still meanwhile. */
    void standDown(Duration time) {
        interrupted = last().isUnfinished();
        step = null;
        ksm.set(Knob.RUN, 0);
        ksm.advance(time);
    }

    /** The agent ends, and another one takes over. */
    void restart() {
        step = null;
    }

    /** The policy is edited. */
    void tell(AdaptiveSettings newer) {
        settings = newer;
    }

    void run(Duration time) {
        long end = ksm.nanoTime() + time.toNanos();
        while (ksm.nanoTime() < end) {
            look();
        }
    }

    private void look() {
        if (counter(Counter.FULL_SCANS) != laps) {
            laps = counter(Counter.FULL_SCANS);
            ksm.guests().forEach(guest -> passed.add(guest.pid()));
        }
        AdaptiveSample sample = sample();
        step = step == null
                ? Adaptive.start(settings, sample, interrupted)
                : step.next().under(settings).step(sample);
        for (WriteOrder.Step write : WriteOrder.toReach(step.knobs(), sample.knobs())) {
            assertThat(ksm.set(write.knob(), write.value())).isInstanceOf(WriteResult.Written.class);
        }
        long ideal = ksm.idealSavedBytes();
        moments.add(new Moment(
                ksm.nanoTime(),
                step.phase(),
                step.why(),
                ksm.ksmdCpuNanos(),
                ideal == 0 ? 1 : (double) ksm.savedBytes() / ideal,
                ksm.knobs()));
        ksm.advance(step.nextLook());
    }

    private AdaptiveSample sample() {
        OptionalLong cow = ksm.cowKsm();
        return new AdaptiveSample(
                ksm.nanoTime(),
                ksm.knobs(),
                ksm.counters(),
                cpuIsVisible ? ksm.ksmdCpuNanos() : null,
                ksm.memory(),
                ksm.guests().stream().map(this::resident).toList(),
                cow.isPresent() ? cow.getAsLong() : null,
                4096);
    }

    private ResidentGuest resident(SimulatedGuest guest) {
        boolean scanned = passed.contains(guest.pid());
        return new ResidentGuest(
                new Guest(guest.pid(), "guest-" + guest.pid(), guest.pid()),
                guest.residentBytes() + moreBytes,
                scanned ? guest.residentBytes() / 4096 : 0);
    }

    Step last() {
        return Objects.requireNonNull(step);
    }

    List<Moment> moments() {
        return List.copyOf(moments);
    }

    double cpuSeconds() {
        return ksm.ksmdCpuNanos() / 1e9;
    }

    /** The share of the ideal saving, over time. */
    double meanSavedShare() {
        double area = 0;
        for (int i = 1; i < moments.size(); i++) {
            area += moments.get(i - 1).savedShare()
                    * (moments.get(i).nanos() - moments.get(i - 1).nanos());
        }
        return area / (moments.getLast().nanos() - moments.getFirst().nanos());
    }

    /** The phases in their order, each once for as long as it lasted. */
    List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        for (Moment moment : moments) {
            if (phases.isEmpty() || phases.getLast() != moment.phase()) {
                phases.add(moment.phase());
            }
        }
        return phases;
    }

    long boosts() {
        return phases().stream().filter(Phase.BOOST::equals).count();
    }

    /** When these phases began, in seconds. */
    List<Double> startsOf(Phase phase) {
        List<Double> starts = new ArrayList<>();
        Phase before = null;
        for (Moment moment : moments) {
            if (moment.phase() == phase && before != phase) {
                starts.add(moment.seconds());
            }
            before = moment.phase();
        }
        return starts;
    }

    double secondsUntilSaved(double share, double fromSecond) {
        return moments.stream()
                .filter(moment -> moment.seconds() >= fromSecond && moment.savedShare() >= share)
                .mapToDouble(moment -> moment.seconds() - fromSecond)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** ksmd's share of a core over the five seconds in which it was largest. */
    double mostCpuOverFiveSeconds() {
        return mostCpuOverFiveSecondsSince(0);
    }

    double mostCpuOverFiveSecondsSince(double seconds) {
        double most = 0;
        int first = 0;
        for (Moment moment : moments) {
            double from = Math.max(seconds, moment.seconds() - 5);
            while (first < moments.size() - 1 && moments.get(first).seconds() < from) {
                first++;
            }
            double length = moment.seconds() - moments.get(first).seconds();
            if (length > 4.8) {
                most = Math.max(most, (moment.cpuNanos() - moments.get(first).cpuNanos()) / 1e9 / length);
            }
        }
        return most;
    }

    long counter(Counter counter) {
        return ksm.counters().get(counter).orElseThrow();
    }

    /** Every guest has so much memory more, which ksmd may not merge. */
    void pretendResident(long bytes) {
        moreBytes = bytes;
    }

    /** The agent does nothing for a while, and ksmd goes on. */
    void freeze(Duration time) {
        ksm.advance(time);
    }
}
