package dev.samepage.agent;

import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Something that an agent does from its start to its end, on the node of {@link KilledRun}, and may be killed at. */
enum KilledTask {
    APPLY("an apply"),
    CHANGE("a change of the policy"),
    RESTORE("a restore"),
    UNMERGE("an un-merge"),
    DAMAGED_JOURNAL("a start with a damaged journal");

    /** Every setting as it was found. */
    static final Map<Knob, Long> FOUND = settings(
            Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 333L, Knob.SLEEP_MILLISECS, 44L),
            Map.of(
                    Knob.MERGE_ACROSS_NODES,
                    1L,
                    Knob.USE_ZERO_PAGES,
                    0L,
                    Knob.MAX_PAGE_SHARING,
                    256L,
                    Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS,
                    2000L,
                    Knob.SMART_SCAN,
                    1L),
            Map.of(
                    Knob.ADVISOR_MODE,
                    0L,
                    Knob.ADVISOR_MAX_CPU,
                    70L,
                    Knob.ADVISOR_MIN_PAGES_TO_SCAN,
                    500L,
                    Knob.ADVISOR_MAX_PAGES_TO_SCAN,
                    30_000L,
                    Knob.ADVISOR_TARGET_SCAN_TIME,
                    200L));

    private static final Map<Knob, Long> FIXED = settings(
            FOUND,
            Map.of(Knob.PAGES_TO_SCAN, 1000L, Knob.SLEEP_MILLISECS, 10L),
            Map.of(Knob.MERGE_ACROSS_NODES, 0L, Knob.USE_ZERO_PAGES, 1L, Knob.SMART_SCAN, 0L));

    /** The kernel's advisor turns {@code pages_to_scan}. */
    private static final Map<Knob, Long> ADVISOR = settings(
            FOUND,
            Map.of(
                    Knob.PAGES_TO_SCAN,
                    600L,
                    Knob.ADVISOR_MODE,
                    1L,
                    Knob.ADVISOR_MAX_CPU,
                    50L,
                    Knob.ADVISOR_MIN_PAGES_TO_SCAN,
                    600L,
                    Knob.ADVISOR_MAX_PAGES_TO_SCAN,
                    20_000L,
                    Knob.ADVISOR_TARGET_SCAN_TIME,
                    100L));

    private static final Map<Knob, Long> UNMERGED = settings(FOUND, Map.of(Knob.RUN, 0L, Knob.MERGE_ACROSS_NODES, 0L));

    private final String words;

    KilledTask(String words) {
        this.words = words;
    }

    /** What it is told. */
    KsmNodeSpec told() {
        return switch (this) {
            case APPLY, DAMAGED_JOURNAL -> fixed();
            case CHANGE -> NodeUnderTest.advisor();
            case RESTORE -> released(OnRemoval.RESTORE);
            case UNMERGE -> unmerged();
        };
    }

    /** What it is to come to. */
    State state() {
        return this == RESTORE ? State.RESTORED : State.APPLIED;
    }

    /** Every setting as it is to be then. */
    Map<Knob, Long> specified() {
        return switch (this) {
            case APPLY, DAMAGED_JOURNAL -> FIXED;
            case CHANGE -> ADVISOR;
            case RESTORE -> FOUND;
            case UNMERGE -> UNMERGED;
        };
    }

    /** Every setting as what was written down says; empty where that is nothing, or damaged, so that nothing is to be changed. */
    Optional<Map<Knob, Long>> specifiedBy(Path state) throws IOException {
        Path spec = state.resolve("spec.json");
        String text = Files.exists(spec) ? Files.readString(spec) : "";
        if (text.contains('"' + told().hash() + '"')) {
            return Optional.of(specified());
        }
        return text.contains('"' + fixed().hash() + '"') ? Optional.of(FIXED) : Optional.empty();
    }

    /** The same of plain files, where nothing turns {@code pages_to_scan} but the agent. */
    Map<Knob, Long> specifiedOfPlainFiles() {
        Map<Knob, Long> knobs = settings(specified());
        if (this == CHANGE) {
            knobs.remove(Knob.PAGES_TO_SCAN);
        }
        return knobs;
    }

    /** What the node went through before. */
    void before(NodeUnderTest node) {
        switch (this) {
            case APPLY, UNMERGE -> {}
            case CHANGE, RESTORE -> applyFixed(node);
            case DAMAGED_JOURNAL -> {
                applyFixed(node);
                damage(node.state);
            }
        }
    }

    @Override
    public String toString() {
        return words;
    }

    private static void applyFixed(NodeUnderTest node) {
        node.tell(fixed());
        node.settle(node.start());
    }

    /** The last line of the originals is cut in two, and the spec is cut off: as after a power cut on a file system that loses writes. */
    private static void damage(Path state) {
        try {
            String originals = Files.readString(state.resolve("originals"));
            Files.writeString(
                    state.resolve("originals"),
                    originals.substring(0, originals.indexOf("advisor_target_scan_time 200") + 26));
            Files.writeString(state.resolve("spec.json"), "{\"policy\":{\"na");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KsmNodeSpec fixed() {
        return NodeUnderTest.fixed(1000, 10, new Tunables(false, null, true, null, false, null), NodeUnderTest.ALLOWED);
    }

    private static KsmNodeSpec unmerged() {
        return NodeUnderTest.covered(
                Mode.UNMERGED, null, null, new Tunables(false, null, null, null, null, null), NodeUnderTest.ALLOWED);
    }

    private static KsmNodeSpec released(OnRemoval onRemoval) {
        return NodeUnderTest.released(onRemoval, NodeUnderTest.ALLOWED);
    }

    @SafeVarargs
    private static Map<Knob, Long> settings(Map<Knob, Long>... parts) {
        Map<Knob, Long> all = new EnumMap<>(Knob.class);
        for (Map<Knob, Long> part : parts) {
            all.putAll(part);
        }
        return all;
    }
}
