package dev.samepage.kernel;

import java.util.Map;
import java.util.Set;

/**
 * A program beside Samepage that writes KSM's knobs, with those that it is known to write, by its own source. In the order in which they
 * are suspected: first those that are there for nothing else.
 */
public enum KnownWriter {
    /** The script of that name in every distribution: {@code run} every minute, the other two while it scans. */
    KSMTUNED("ksmtuned"),
    /** oVirt's Memory Overcommitment Manager. */
    MOMD("momd"),
    /** The memory manager of OpenVZ and Virtuozzo. */
    VCMMD("vcmmd"),
    /** Harvester's, as its {@code Ksmtuned} objects say. */
    HARVESTER_NODE_MANAGER("harvester-node-manager"),
    /** KubeVirt's, every 3 min where its {@code ksmConfiguration} names the node; it runs on every node of KubeVirt's. */
    VIRT_HANDLER("virt-handler"),
    /** TuneD: some of its profiles un-merge everything; most have nothing to do with KSM. */
    TUNED("tuned");

    private static final Set<Knob> RATE = Set.of(Knob.RUN, Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLISECS);
    private static final Set<Knob> RATE_AND_NODES =
            Set.of(Knob.RUN, Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLISECS, Knob.MERGE_ACROSS_NODES);

    private final String program;

    KnownWriter(String program) {
        this.program = program;
    }

    /** The name of its file. */
    public String program() {
        return program;
    }

    /** Whether it can have been the one that wrote these values. */
    public boolean writes(Map<Knob, Long> values) {
        long run = values.getOrDefault(Knob.RUN, 0L);
        return switch (this) {
            case KSMTUNED, VCMMD, VIRT_HANDLER -> RATE.containsAll(values.keySet()) && run != 2;
            case MOMD, HARVESTER_NODE_MANAGER -> RATE_AND_NODES.containsAll(values.keySet()) && run != 2;
            case TUNED -> values.keySet().equals(Set.of(Knob.RUN)) && run != 1;
        };
    }
}
