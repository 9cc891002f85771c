package dev.samepage.agent;

import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Tuning;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a node is to do, read from its KsmNode. */
public sealed interface Assignment {
    /** Nobody has said anything about this node. */
    record None() implements Assignment {}

    /** A policy covers the node. */
    record Covered(String hash, Tuning tuning, Map<Knob, Long> tunables, Unmerge unmerge) implements Assignment {}

    /**
     * No policy covers the node any more.
     *
     * @param afterAdaptive whether it was in mode Adaptive until now, so that ksmd may be in the middle of something
     */
    record Released(String hash, OnRemoval onRemoval, Unmerge unmerge, boolean afterAdaptive) implements Assignment {
        Released(String hash, OnRemoval onRemoval, Unmerge unmerge) {
            this(hash, onRemoval, unmerge, false);
        }
    }

    /**
     * A newer operator asks for something that this agent does not know.
     *
     * @param afterAdaptive as in {@link Released}
     */
    record NotUnderstood(String hash, boolean afterAdaptive) implements Assignment {
        NotUnderstood(String hash) {
            this(hash, false);
        }
    }

    /** The identity of what is asked for; empty for {@link None}. */
    default String hashOrEmpty() {
        return switch (this) {
            case None() -> "";
            case Covered covered -> covered.hash();
            case Released released -> released.hash();
            case NotUnderstood unknown -> unknown.hash();
        };
    }

    /** Reads a spec. */
    static Assignment of(KsmNodeSpec spec) {
        Settings settings = spec.settings();
        if (settings == null) {
            return new Released(spec.hash(), spec.onRemoval(), spec.unmerge());
        }
        return tuning(settings)
                .<Assignment>map(
                        tuning -> new Covered(spec.hash(), tuning, tunables(settings.tunables()), spec.unmerge()))
                .orElse(new NotUnderstood(spec.hash()));
    }

    /** Whether the node is to be as a policy says, and not only to be looked at. */
    default boolean tunes() {
        return this instanceof Covered covered && !(covered.tuning() instanceof Tuning.Observe);
    }

    /** Whether ksmd is driven by Adaptive. */
    default boolean isAdaptive() {
        return this instanceof Covered covered && covered.tuning() instanceof Tuning.Adaptive;
    }

    /** Whether everything would stay as it is, be ksmd in the middle of something or not. */
    default boolean keepsEverything() {
        return switch (this) {
            case Released released -> released.onRemoval() == OnRemoval.KEEP;
            case NotUnderstood _ -> true;
            case None _, Covered _ -> false;
        };
    }

    /** The same, where the node was in mode Adaptive until now. */
    default Assignment endingAdaptive() {
        return switch (this) {
            case Released released -> new Released(released.hash(), released.onRemoval(), released.unmerge(), true);
            case NotUnderstood unknown -> new NotUnderstood(unknown.hash(), true);
            case None _, Covered _ -> this;
        };
    }

    private static Optional<Tuning> tuning(Settings settings) {
        Mode mode = settings.mode();
        return switch (mode) {
            case null -> Optional.empty();
            case OBSERVE -> Optional.of(new Tuning.Observe());
            case STOPPED -> Optional.of(new Tuning.Stopped());
            case UNMERGED -> Optional.of(new Tuning.Unmerged());
            case FIXED ->
                Optional.ofNullable(settings.fixed())
                        .map(fixed -> new Tuning.Fixed(fixed.pagesToScan(), fixed.sleepMillis()));
            case KERNEL_ADVISOR -> {
                KernelAdvisor advisor =
                        Optional.ofNullable(settings.kernelAdvisor()).orElse(KernelAdvisor.defaults());
                yield Optional.of(new Tuning.KernelAdvisor(
                        advisor.targetScanSeconds(),
                        advisor.maxCpuPercent(),
                        advisor.minPagesToScan(),
                        advisor.maxPagesToScan()));
            }
            case ADAPTIVE -> adaptive(Optional.ofNullable(settings.adaptive()).orElse(Adaptive.defaults()));
        };
    }

    private static Optional<Tuning> adaptive(Adaptive adaptive) {
        OptionalLong floor = adaptive.minSavedBytesPerCpuSecond();
        return floor.isEmpty() || !isInRange(adaptive)
                ? Optional.empty()
                : Optional.of(new Tuning.Adaptive(new AdaptiveSettings(
                        adaptive.maxCpuPercent(),
                        floor.getAsLong(),
                        adaptive.maxRestSeconds(),
                        adaptive.activation() == Activation.MEMORY_PRESSURE,
                        adaptive.memoryAvailableBelowPercentOrDefault())));
    }

    /** The API server lets nothing else through, but a file on the node may hold anything. */
    private static boolean isInRange(Adaptive adaptive) {
        int threshold = adaptive.memoryAvailableBelowPercentOrDefault();
        return adaptive.maxCpuPercent() >= 1
                && adaptive.maxCpuPercent() <= 100
                && adaptive.maxRestSeconds() >= 1
                && threshold >= 0
                && threshold <= 100;
    }

    private static Map<Knob, Long> tunables(@Nullable Tunables tunables) {
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        if (tunables != null) {
            put(knobs, Knob.MERGE_ACROSS_NODES, tunables.mergeAcrossNodes());
            put(knobs, Knob.USE_ZERO_PAGES, tunables.useZeroPages());
            put(knobs, Knob.REDHAT_ONLY_ZERO_PAGES, tunables.zeroPagesOnly());
            put(knobs, Knob.SMART_SCAN, tunables.smartScan());
            put(knobs, Knob.MAX_PAGE_SHARING, tunables.maxPageSharing());
            put(knobs, Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, tunables.stableNodeChainsPruneMillis());
        }
        return knobs;
    }

    private static void put(Map<Knob, Long> knobs, Knob knob, @Nullable Boolean value) {
        if (value != null) {
            knobs.put(knob, value ? 1L : 0L);
        }
    }

    private static void put(Map<Knob, Long> knobs, Knob knob, @Nullable Integer value) {
        if (value != null) {
            knobs.put(knob, value.longValue());
        }
    }
}
