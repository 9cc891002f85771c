package dev.samepage.agent;

import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Knob;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What becomes of every knob under a policy and after it, written from the documents and not from the agent. */
public final class PromisedSettings {
    private PromisedSettings() {}

    /** Every knob that a policy settles, on a node that was found like this; one that is turned by the kernel or by Adaptive is left out. */
    public static Map<Knob, Long> of(Settings settings, Map<Knob, Long> found) {
        Map<Knob, Long> knobs = restored(found);
        if (cannotBeHad(settings, found)) {
            knobs.put(Knob.RUN, 0L);
            return withoutAdvised(knobs);
        }
        Tunables tunables = Objects.requireNonNullElse(settings.tunables(), Tunables.none());
        tune(knobs, Knob.MERGE_ACROSS_NODES, number(tunables.mergeAcrossNodes()));
        tune(knobs, Knob.MAX_PAGE_SHARING, tunables.maxPageSharing());
        tune(knobs, Knob.USE_ZERO_PAGES, number(tunables.useZeroPages()));
        tune(knobs, Knob.REDHAT_ONLY_ZERO_PAGES, number(tunables.zeroPagesOnly()));
        tune(knobs, Knob.SMART_SCAN, number(tunables.smartScan()));
        tune(knobs, Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, tunables.stableNodeChainsPruneMillis());
        switch (Objects.requireNonNull(settings.mode())) {
            case OBSERVE -> throw new AssertionError("an observer wants nothing");
            case STOPPED, UNMERGED -> knobs.put(Knob.RUN, 0L);
            case FIXED -> {
                Fixed fixed = Objects.requireNonNull(settings.fixed());
                tune(knobs, Knob.PAGES_TO_SCAN, fixed.pagesToScan());
                tune(knobs, Knob.SLEEP_MILLISECS, fixed.sleepMillis());
                tune(knobs, Knob.ADVISOR_MODE, 0);
                knobs.put(Knob.RUN, 1L);
            }
            case KERNEL_ADVISOR -> {
                KernelAdvisor advisor = Objects.requireNonNullElse(settings.kernelAdvisor(), KernelAdvisor.defaults());
                tune(knobs, Knob.ADVISOR_TARGET_SCAN_TIME, advisor.targetScanSeconds());
                tune(knobs, Knob.ADVISOR_MAX_CPU, advisor.maxCpuPercent());
                tune(knobs, Knob.ADVISOR_MIN_PAGES_TO_SCAN, advisor.minPagesToScan());
                tune(knobs, Knob.ADVISOR_MAX_PAGES_TO_SCAN, advisor.maxPagesToScan());
                tune(knobs, Knob.ADVISOR_MODE, 1);
                knobs.put(Knob.RUN, 1L);
            }
            case ADAPTIVE -> {
                tune(knobs, Knob.ADVISOR_MODE, 0);
                knobs.remove(Knob.RUN);
                knobs.remove(Knob.PAGES_TO_SCAN);
                knobs.remove(Knob.SLEEP_MILLISECS);
                knobs.remove(Knob.SMART_SCAN);
            }
        }
        return withoutAdvised(knobs);
    }

    /** Whether only empty pages are to be merged, and this kernel cannot tell them apart: nothing is scanned then. */
    static boolean cannotBeHad(Settings settings, Map<Knob, Long> found) {
        Tunables tunables = settings.tunables();
        return tunables != null
                && Objects.equals(tunables.zeroPagesOnly(), true)
                && !found.containsKey(Knob.REDHAT_ONLY_ZERO_PAGES);
    }

    /** Every knob that is put back, on a node that was found like this. */
    static Map<Knob, Long> asFound(Map<Knob, Long> found) {
        return withoutAdvised(restored(found));
    }

    /** A {@code run} of 2 is a command more than a state: putting it back would un-merge. */
    private static Map<Knob, Long> restored(Map<Knob, Long> found) {
        Map<Knob, Long> restored = new EnumMap<>(found);
        restored.put(Knob.RUN, Objects.equals(found.get(Knob.RUN), 1L) ? 1L : 0L);
        return restored;
    }

    /** The kernel's advisor turns {@code pages_to_scan} while it is on. */
    private static Map<Knob, Long> withoutAdvised(Map<Knob, Long> knobs) {
        if (Objects.equals(knobs.get(Knob.ADVISOR_MODE), 1L)) {
            knobs.remove(Knob.PAGES_TO_SCAN);
        }
        return knobs;
    }

    /** Where something is asked for, and the kernel has it. */
    private static void tune(Map<Knob, Long> knobs, Knob knob, @Nullable Integer value) {
        if (value != null && knobs.containsKey(knob)) {
            knobs.put(knob, value.longValue());
        }
    }

    private static @Nullable Integer number(@Nullable Boolean value) {
        return value == null ? null : value ? 1 : 0;
    }
}
