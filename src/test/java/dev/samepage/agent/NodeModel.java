package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is promised of a node, whatever happens to it, written from the documents and not from the agent. It is told of every write that an agent
 * makes, to the kernel or to its journal, at the moment when it is made; and asked what the settings must be once everything is quiet.
 */
final class NodeModel {
    private static final Duration GRACE = Duration.ofMinutes(5);

    /** What the journal holds; empty while the node is its owner's. */
    private Optional<Map<Knob, Long>> originals = Optional.empty();

    private @Nullable KsmNodeSpec remembered;
    private boolean adaptiveSinceFound;

    /** An agent writes a knob. */
    void writes(Knowledge heard, String write) {
        assertThat(originals).as("originals saved before " + write).isPresent();
        if (heard instanceof Knowledge.Present present && keeps(present.spec()) && !adaptiveSinceFound) {
            throw new AssertionError(write + " was written, and everything was to be kept");
        }
    }

    /** An agent has saved what it takes for the originals. */
    void saved(Map<Knob, Long> saved, Map<Knob, Long> now) {
        if (originals.isEmpty()) {
            originals = Optional.of(new EnumMap<>(now));
        }
        assertThat(saved).as("the originals in the journal").isEqualTo(originals.orElseThrow());
    }

    /** An agent has written down what it is told. */
    void remembers(Knowledge heard) {
        remembered = heard instanceof Knowledge.Present present ? present.spec() : null;
        adaptiveSinceFound |= heard instanceof Knowledge.Present present && isAdaptive(present.spec());
    }

    /** An agent has deleted what it wrote down. */
    void forgets() {
        remembered = null;
    }

    /**
     * An agent is about to delete the originals.
     *
     * @param absent how long there has been no KsmNode
     */
    void releases(Knowledge heard, Duration absent, Map<Knob, Long> now) {
        KsmNodeSpec last = heard instanceof Knowledge.Present present ? present.spec() : remembered;
        if (heard instanceof Knowledge.Absent && (last == null || tunes(last))) {
            assertThat(absent).as("how long the KsmNode was given to come back").isGreaterThanOrEqualTo(GRACE);
        }
        if (last == null || last.onRemoval() != OnRemoval.KEEP || (last.settings() != null && !tunes(last))) {
            assertThat(now)
                    .as("settings when the originals were forgotten")
                    .containsAllEntriesOf(asFound(originals.orElseThrow()));
        }
        originals = Optional.empty();
        adaptiveSinceFound = false;
    }

    /** The kernel has forgotten everything. */
    void rebooted(boolean filesToo) {
        originals = Optional.empty();
        adaptiveSinceFound = remembered != null && isAdaptive(remembered);
        if (filesToo) {
            remembered = null;
            adaptiveSinceFound = false;
        }
    }

    /**
     * Everything has been quiet for hours: nobody else writes, and nothing fails.
     *
     * @param truth what the KsmNode says; where the API server does not answer, what was written down counts
     * @param merged whether pages are merged that nothing may un-merge
     */
    void holds(Knowledge truth, Map<Knob, Long> now, boolean merged, State state) {
        switch (truth) {
            case Knowledge.Unknown() -> {
                if (remembered != null) {
                    holds(new Knowledge.Present(remembered, null, null), now, merged, state);
                }
            }
            case Knowledge.Absent() -> {
                if (!stuck(now, merged)) {
                    assertThat(originals)
                            .as("originals of a node without a KsmNode")
                            .isEmpty();
                }
            }
            case Knowledge.Present(KsmNodeSpec spec, Long _, var _)
            when spec.settings() == null -> {
                if (!stuck(now, merged && !spec.unmerge().allowed())) {
                    assertThat(originals).as("originals of a released node").isEmpty();
                    assertThat(state).isEqualTo(State.RESTORED);
                }
            }
            case Knowledge.Present(KsmNodeSpec spec, Long _, var _) ->
                covered(spec, Objects.requireNonNull(spec.settings()), now, merged, state);
        }
    }

    private void covered(KsmNodeSpec spec, Settings settings, Map<Knob, Long> now, boolean merged, State state) {
        boolean blocked = merged && !spec.unmerge().allowed();
        if (settings.mode() == Mode.OBSERVE) {
            if (!stuck(now, blocked)) {
                assertThat(originals)
                        .as("originals of a node that is only observed")
                        .isEmpty();
                assertThat(state).isEqualTo(State.OBSERVING);
            }
            return;
        }
        Map<Knob, Long> wanted = wanted(settings, originals.orElse(now));
        Map<Knob, Long> reached = new EnumMap<>(wanted);
        if (blocked) {
            reached.keySet().remove(Knob.MERGE_ACROSS_NODES);
            reached.keySet().remove(Knob.MAX_PAGE_SHARING);
        }
        assertThat(now).as("settings under " + settings).containsAllEntriesOf(reached);
        boolean all = now.entrySet().containsAll(wanted.entrySet());
        assertThat(state).isEqualTo(all && !wantsWhatIsMissing(settings, now) ? State.APPLIED : State.FAILED);
    }

    /** Whether something cannot be put back, because the kernel takes it only while nothing is merged. */
    private boolean stuck(Map<Knob, Long> now, boolean blocked) {
        return blocked
                && originals
                        .map(found -> !Objects.equals(
                                        found.get(Knob.MERGE_ACROSS_NODES), now.get(Knob.MERGE_ACROSS_NODES))
                                || !Objects.equals(found.get(Knob.MAX_PAGE_SHARING), now.get(Knob.MAX_PAGE_SHARING)))
                        .orElse(false);
    }

    /** Every knob that a policy settles, on a node that was found like this. */
    private static Map<Knob, Long> wanted(Settings settings, Map<Knob, Long> found) {
        Map<Knob, Long> wanted = new EnumMap<>(found);
        wanted.put(Knob.RUN, run(found));
        if (wantsWhatIsMissing(settings, found)) {
            wanted.put(Knob.RUN, 0L);
            return withoutAdvised(wanted);
        }
        Tunables tunables = Objects.requireNonNullElse(settings.tunables(), Tunables.none());
        tune(wanted, Knob.MERGE_ACROSS_NODES, number(tunables.mergeAcrossNodes()));
        tune(wanted, Knob.MAX_PAGE_SHARING, tunables.maxPageSharing());
        tune(wanted, Knob.USE_ZERO_PAGES, number(tunables.useZeroPages()));
        tune(wanted, Knob.REDHAT_ONLY_ZERO_PAGES, number(tunables.zeroPagesOnly()));
        tune(wanted, Knob.SMART_SCAN, number(tunables.smartScan()));
        tune(wanted, Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, tunables.stableNodeChainsPruneMillis());
        switch (Objects.requireNonNull(settings.mode())) {
            case OBSERVE -> throw new AssertionError("an observer wants nothing");
            case STOPPED, UNMERGED -> wanted.put(Knob.RUN, 0L);
            case FIXED -> {
                Fixed fixed = Objects.requireNonNull(settings.fixed());
                tune(wanted, Knob.PAGES_TO_SCAN, fixed.pagesToScan());
                tune(wanted, Knob.SLEEP_MILLISECS, fixed.sleepMillis());
                tune(wanted, Knob.ADVISOR_MODE, 0);
                wanted.put(Knob.RUN, 1L);
            }
            case KERNEL_ADVISOR -> {
                KernelAdvisor advisor = Objects.requireNonNull(settings.kernelAdvisor());
                tune(wanted, Knob.ADVISOR_TARGET_SCAN_TIME, advisor.targetScanSeconds());
                tune(wanted, Knob.ADVISOR_MAX_CPU, advisor.maxCpuPercent());
                tune(wanted, Knob.ADVISOR_MIN_PAGES_TO_SCAN, advisor.minPagesToScan());
                tune(wanted, Knob.ADVISOR_MAX_PAGES_TO_SCAN, advisor.maxPagesToScan());
                tune(wanted, Knob.ADVISOR_MODE, 1);
                wanted.put(Knob.RUN, 1L);
            }
            case ADAPTIVE -> {
                tune(wanted, Knob.ADVISOR_MODE, 0);
                wanted.remove(Knob.RUN);
                wanted.remove(Knob.PAGES_TO_SCAN);
                wanted.remove(Knob.SLEEP_MILLISECS);
                wanted.remove(Knob.SMART_SCAN);
            }
        }
        return withoutAdvised(wanted);
    }

    /** Only empty pages are to be merged, and this kernel cannot tell them apart: nothing is scanned. */
    private static boolean wantsWhatIsMissing(Settings settings, Map<Knob, Long> found) {
        Tunables tunables = settings.tunables();
        return tunables != null
                && Objects.equals(tunables.zeroPagesOnly(), true)
                && !found.containsKey(Knob.REDHAT_ONLY_ZERO_PAGES);
    }

    private static Map<Knob, Long> asFound(Map<Knob, Long> found) {
        Map<Knob, Long> restored = new EnumMap<>(found);
        restored.put(Knob.RUN, run(found));
        return withoutAdvised(restored);
    }

    /** 2 is a command more than a state: putting it back would un-merge. */
    private static long run(Map<Knob, Long> found) {
        return Objects.equals(found.get(Knob.RUN), 1L) ? 1 : 0;
    }

    /** The kernel's advisor turns {@code pages_to_scan} while it is on. */
    private static Map<Knob, Long> withoutAdvised(Map<Knob, Long> knobs) {
        if (Objects.equals(knobs.get(Knob.ADVISOR_MODE), 1L)) {
            knobs.remove(Knob.PAGES_TO_SCAN);
        }
        return knobs;
    }

    private static void tune(Map<Knob, Long> knobs, Knob knob, @Nullable Integer value) {
        if (value != null && knobs.containsKey(knob)) {
            knobs.put(knob, value.longValue());
        }
    }

    private static @Nullable Integer number(@Nullable Boolean value) {
        return value == null ? null : value ? 1 : 0;
    }

    private static boolean keeps(KsmNodeSpec spec) {
        return spec.settings() == null && spec.onRemoval() == OnRemoval.KEEP;
    }

    private static boolean tunes(KsmNodeSpec spec) {
        return spec.settings() != null && spec.settings().mode() != Mode.OBSERVE;
    }

    private static boolean isAdaptive(KsmNodeSpec spec) {
        return spec.settings() != null && spec.settings().mode() == Mode.ADAPTIVE;
    }
}
