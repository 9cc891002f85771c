package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand sequences of whatever may happen to a node, against {@link NodeModel}. Each has its seed, which a failure names:
 * {@code -Dsequences.seed=N -Dsequences=1} runs that one again.
 */
class RandomSequencesTest {
    private static final int SEQUENCES = Integer.getInteger("sequences", 1000);
    private static final long FIRST_SEED = Long.getLong("sequences.seed", 6_000);
    private static final int EVENTS = 30;

    private static final List<Supplier<FakeKsm>> KERNELS = List.of(
            FakeKsm::linux618,
            FakeKsm::linux618,
            FakeKsm::linux61,
            FakeKsm::rhel99,
            () -> FakeKsm.linux618().without(Knob.MERGE_ACROSS_NODES));

    @TempDir
    Path directory;

    /** Held here, because a logger that nobody holds may forget its level. */
    private final Logger log = Logger.getLogger("dev.samepage.agent");

    @BeforeEach
    void beSilent() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        log.setLevel(null);
    }

    @Test
    void whateverHappensTheSettingsAndTheOriginalsAreAsTheModelSays() {
        Map<Event, Integer> events = LongStream.range(FIRST_SEED, FIRST_SEED + SEQUENCES)
                .parallel()
                .mapToObj(this::run)
                .flatMap(List::stream)
                .collect(Collectors.toConcurrentMap(
                        event -> event, event -> 1, Integer::sum, ConcurrentSkipListMap::new));

        System.out.printf(
                "%d sequences from seed %d: %d events, of them %d kills, %d writes by others and %d reboots: all as the model says%n",
                SEQUENCES,
                FIRST_SEED,
                events.values().stream().mapToInt(times -> times).sum(),
                events.getOrDefault(Event.KILL, 0),
                events.getOrDefault(Event.FOREIGN_WRITE, 0),
                events.getOrDefault(Event.REBOOT, 0));
        if (SEQUENCES >= 100) {
            assertThat(events).as("what happened").containsOnlyKeys(Event.values());
        }
    }

    private List<Event> run(long seed) {
        Sequence sequence = new Sequence(seed, directory.resolve("proc-" + seed));
        try {
            sequence.run();
            return sequence.events;
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(
                    "-Dsequences.seed=" + seed + " -Dsequences=1 runs this again:\n" + String.join("\n", sequence.told)
                            + "\n" + e.getMessage(),
                    e);
        }
    }

    /** What may happen, with how often. */
    private enum Event {
        POLICY(24),
        RELEASE(8),
        KSM_NODE_VANISHES(6),
        KILL(14),
        RESTART(4),
        FOREIGN_WRITE(12),
        API_OUTAGE(6),
        API_BACK(4),
        REFUSAL(6),
        NO_MORE_REFUSALS(4),
        DISK_TROUBLE(6),
        DISK_WELL(4),
        REBOOT(3),
        CLOCK_STEP(4),
        MERGE(8),
        GUESTS_LEAVE(3),
        UNMERGE_FAILS(4),
        TIME_PASSES(6),
        QUIET(2),
        QUIET_WITHOUT_API_SERVER(2);

        private final int weight;

        Event(int weight) {
            this.weight = weight;
        }

        static Event any(Random random) {
            int left = random.nextInt(
                    List.of(values()).stream().mapToInt(event -> event.weight).sum());
            for (Event event : values()) {
                left -= event.weight;
                if (left < 0) {
                    return event;
                }
            }
            throw new AssertionError();
        }
    }

    /** One of them. */
    private static final class Sequence {
        private final List<String> told = new ArrayList<>();
        private final List<Event> events = new ArrayList<>();
        private final Random random;
        private final UnquietNode node;
        private int policies;
        private int boots;

        Sequence(long seed, Path proc) {
            random = new Random(seed);
            node = new UnquietNode(any(KERNELS), proc);
        }

        void run() throws IOException {
            for (int i = random.nextInt(4); i > 0; i--) {
                foreignWrite();
            }
            node.start();
            for (int i = 0; i < EVENTS; i++) {
                Event event = Event.any(random);
                events.add(event);
                told.add(event.toString());
                happen(event);
                rounds();
            }
            quiet();
            end();
            quiet();
        }

        /** The policy is gone for good, and no guest is left that would be in the way. */
        private void end() {
            if (random.nextInt(4) == 0) {
                told.add("END: the KsmNode is gone");
                node.ksmNodeIsGone();
            } else {
                release();
            }
            node.guestsLeave();
        }

        private void quiet() throws IOException {
            told.add("quiet");
            node.quiet();
            told.add("  " + node.knobs());
        }

        private void rounds() {
            if (!node.isAlive() && random.nextInt(3) > 0) {
                told.add("  a new agent");
                node.start();
            }
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                node.pass(Duration.ofMillis(random.nextInt(200, 8_000)));
                if (node.isAlive() && node.round().isEmpty()) {
                    told.add("  killed");
                }
            }
        }

        private void happen(Event event) throws IOException {
            switch (event) {
                case POLICY -> policy();
                case RELEASE -> release();
                case KSM_NODE_VANISHES -> node.ksmNodeIsGone();
                case KILL -> {
                    if (random.nextInt(4) == 0) {
                        node.kill();
                    } else {
                        node.death.atStep(random.nextInt(1, 25));
                    }
                }
                case RESTART -> {
                    node.kill();
                    node.start();
                }
                case FOREIGN_WRITE -> foreignWrite();
                case API_OUTAGE -> node.apiServerAnswers(false);
                case API_BACK -> node.apiServerAnswers(true);
                case REFUSAL -> {
                    Knob knob = any(List.of(Knob.values()));
                    Errno errno = any(List.of(Errno.EINVAL, Errno.EBUSY, Errno.OTHER));
                    told.add("  " + knob.file() + ": " + errno);
                    node.refuse(knob, errno);
                }
                case NO_MORE_REFUSALS -> node.acceptEverything();
                case DISK_TROUBLE -> {
                    UnquietNode.Disk disk = any(List.of(UnquietNode.Disk.values()));
                    told.add("  " + disk);
                    node.disk(disk);
                }
                case DISK_WELL -> node.disk(UnquietNode.Disk.WELL);
                case REBOOT -> {
                    boots++;
                    node.reboot(boots, random.nextInt(3) > 0);
                }
                case CLOCK_STEP -> {
                    Duration step = Duration.ofSeconds(random.nextInt(-200_000, 200_000));
                    told.add("  " + step);
                    node.stepClock(step);
                }
                case MERGE -> node.merge(random.nextInt(1, 100));
                case GUESTS_LEAVE -> node.guestsLeave();
                case UNMERGE_FAILS ->
                    node.nextUnmerge(any(List.of(
                            new UnmergeResult.TooLittle("1 MiB short", "Wait."),
                            new UnmergeResult.Stopped("the reserve was touched"),
                            new UnmergeResult.Killed(9),
                            new UnmergeResult.StillMerged(7),
                            new UnmergeResult.Refused(Errno.ENOMEM, "no memory"),
                            new UnmergeResult.Failed("no such program"))));
                case TIME_PASSES -> node.pass(Duration.ofSeconds(random.nextInt(1, 2_000)));
                case QUIET -> quiet();
                case QUIET_WITHOUT_API_SERVER -> node.quietWithoutApiServer();
            }
        }

        private void foreignWrite() {
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                Knob knob = any(List.of(Knob.values()));
                long value = switch (knob) {
                    case RUN -> random.nextInt(3);
                    case MERGE_ACROSS_NODES, USE_ZERO_PAGES, SMART_SCAN, ADVISOR_MODE, REDHAT_ONLY_ZERO_PAGES ->
                        random.nextInt(2);
                    default -> random.nextInt(2, 5_000);
                };
                told.add("  somebody writes " + knob.file() + "=" + knob.text(value));
                node.foreignWrite(knob, value);
            }
        }

        private void policy() {
            Mode mode = any(List.of(Mode.values()));
            boolean allowed = mode == Mode.UNMERGED || random.nextBoolean();
            Settings settings = new Settings(
                    mode,
                    mode == Mode.FIXED ? new Fixed(random.nextInt(1, 5_000), random.nextInt(0, 200)) : null,
                    mode == Mode.KERNEL_ADVISOR
                            ? new KernelAdvisor(
                                    random.nextInt(1, 400),
                                    random.nextInt(1, 101),
                                    random.nextInt(1, 500),
                                    random.nextInt(500, 30_000))
                            : null,
                    mode == Mode.ADAPTIVE ? Adaptive.defaults() : null,
                    random.nextInt(3) == 0 ? null : tunables(mode));
            say(settings, allowed);
        }

        private Tunables tunables(Mode mode) {
            return new Tunables(
                    maybe(),
                    random.nextInt(3) == 0 ? random.nextInt(2, 500) : null,
                    maybe(),
                    random.nextInt(4) == 0 ? maybe() : null,
                    mode == Mode.ADAPTIVE ? null : maybe(),
                    random.nextInt(3) == 0 ? random.nextInt(100, 5_000) : null);
        }

        private @Nullable Boolean maybe() {
            return switch (random.nextInt(4)) {
                case 0 -> true;
                case 1 -> false;
                default -> null;
            };
        }

        private void release() {
            say(null, random.nextBoolean());
        }

        private void say(@Nullable Settings settings, boolean allowed) {
            policies++;
            OnRemoval onRemoval = any(
                    allowed
                            ? List.of(
                                    OnRemoval.RESTORE, OnRemoval.RESTORE, OnRemoval.KEEP, OnRemoval.RESTORE_AND_UNMERGE)
                            : List.of(OnRemoval.RESTORE, OnRemoval.RESTORE, OnRemoval.KEEP));
            KsmNodeSpec spec = new KsmNodeSpec(
                    settings == null ? null : new KsmNodeSpec.PolicyReference("p", (long) policies),
                    settings,
                    new Unmerge(allowed, 10),
                    onRemoval,
                    "hash-" + policies);
            told.add("  " + spec);
            node.tell(spec);
        }

        private <T> T any(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }
}
