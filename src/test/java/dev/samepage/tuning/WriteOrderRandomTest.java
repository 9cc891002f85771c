package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From anywhere to anywhere: 200 states of each kernel, 200 targets and 200 findings to put back. */
class WriteOrderRandomTest {
    private static final int CASES = 200;
    private static final long SEED = 20_260_301;

    static Stream<Named<Supplier<FakeKsm>>> kernels() {
        return Stream.of(
                Named.of("Linux 6.18", FakeKsm::linux618),
                Named.of("Linux 6.1", FakeKsm::linux61),
                Named.of("RHEL 9.9", FakeKsm::rhel99),
                Named.of("every knob", () -> FakeKsm.linux618().with(Knob.REDHAT_ONLY_ZERO_PAGES, 0)),
                Named.of("no NUMA", () -> FakeKsm.linux618().without(Knob.MERGE_ACROSS_NODES)));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyTargetIsReachedFromEveryState(Supplier<FakeKsm> kernel) {
        Random random = new Random(SEED);
        for (int i = 0; i < CASES; i++) {
            Replay replay = new Replay(inState(kernel, random));
            Map<Knob, Long> found = replay.knobs();
            Target target = Target.of(tuning(random), tunables(random), found.keySet());

            replay.run(WriteOrder.toReach(target.knobs(), found));

            assertThat(replay.knobs()).as("case %s from %s", i, found).containsAllEntriesOf(target.knobs());
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyFindingIsPutBackFromEveryState(Supplier<FakeKsm> kernel) {
        Random random = new Random(SEED);
        for (int i = 0; i < CASES; i++) {
            Map<Knob, Long> originals = new EnumMap<>(new Replay(inState(kernel, random)).knobs());
            Replay replay = new Replay(inState(kernel, random));

            replay.run(WriteOrder.toRestore(originals, replay.knobs()));

            if (originals.getOrDefault(Knob.ADVISOR_MODE, 0L) == 1) {
                originals.remove(Knob.PAGES_TO_SCAN);
            }
            assertThat(replay.knobs()).as("case %s", i).containsAllEntriesOf(originals);
        }
    }

    /** Any state that the kernel can be in, but for the busy loop itself. */
    private static FakeKsm inState(Supplier<FakeKsm> kernel, Random random) {
        FakeKsm files = kernel.get();
        Map<Knob, Long> state = new EnumMap<>(Knob.class);
        new Replay(files).knobs().keySet().forEach(knob -> state.put(knob, value(knob, random)));
        if (state.getOrDefault(Knob.SLEEP_MILLISECS, 0L) == 0) {
            state.replaceAll((knob, value) -> switch (knob) {
                case PAGES_TO_SCAN, ADVISOR_MIN_PAGES_TO_SCAN -> Math.max(value, 1);
                default -> value;
            });
        }
        if (state.getOrDefault(Knob.ADVISOR_MODE, 0L) == 1) {
            state.merge(Knob.PAGES_TO_SCAN, 1L, Math::max);
        }
        state.forEach(files::with);
        return files;
    }

    private static long value(Knob knob, Random random) {
        return switch (knob) {
            case RUN, MERGE_ACROSS_NODES, USE_ZERO_PAGES, SMART_SCAN, ADVISOR_MODE, REDHAT_ONLY_ZERO_PAGES ->
                random.nextInt(2);
            case MAX_PAGE_SHARING, ADVISOR_TARGET_SCAN_TIME -> random.nextInt(2, 5);
            case PAGES_TO_SCAN,
                    SLEEP_MILLISECS,
                    STABLE_NODE_CHAINS_PRUNE_MILLISECS,
                    ADVISOR_MAX_CPU,
                    ADVISOR_MIN_PAGES_TO_SCAN,
                    ADVISOR_MAX_PAGES_TO_SCAN -> random.nextInt(3);
        };
    }

    private static Tuning tuning(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Tuning.Observe();
            case 1 -> new Tuning.Stopped();
            case 2 -> new Tuning.Unmerged();
            case 3 -> new Tuning.Fixed(random.nextInt(1, 4), random.nextInt(3));
            case 4 ->
                new Tuning.KernelAdvisor(
                        random.nextInt(1, 4), random.nextInt(1, 4), random.nextInt(1, 4), random.nextInt(1, 4));
            default ->
                new Tuning.Adaptive(new AdaptiveSettings(
                        random.nextInt(1, 101),
                        random.nextLong(1, 1L << 40),
                        random.nextInt(10, 86_401),
                        random.nextBoolean(),
                        random.nextInt(1, 100)));
        };
    }

    private static Map<Knob, Long> tunables(Random random) {
        Map<Knob, Long> tunables = new EnumMap<>(Knob.class);
        for (Knob knob : new Knob[] {
            Knob.MERGE_ACROSS_NODES,
            Knob.MAX_PAGE_SHARING,
            Knob.USE_ZERO_PAGES,
            Knob.REDHAT_ONLY_ZERO_PAGES,
            Knob.SMART_SCAN,
            Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS
        }) {
            if (random.nextBoolean()) {
                tunables.put(knob, value(knob, random));
            }
        }
        return tunables;
    }
}
