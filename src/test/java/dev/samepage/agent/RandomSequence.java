package dev.samepage.agent;

import dev.samepage.api.KsmNodeSpec;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Thirty things that happen to a node, one after the other; which, the seed says. */
final class RandomSequence {
    private static final int EVENTS = 30;

    private static final List<Supplier<FakeKsm>> KERNELS = List.of(
            FakeKsm::linux618,
            FakeKsm::linux618,
            FakeKsm::linux61,
            FakeKsm::rhel99,
            () -> FakeKsm.linux618().without(Knob.MERGE_ACROSS_NODES));

    /** Few, so that the kernel's advisor often comes upon the one that was found; its end makes it 100 all the same. */
    private static final List<Integer> PAGES_TO_SCAN = List.of(100, 500, 600);

    /** What may happen, with how often. */
    enum Event {
        POLICY(24),
        RELEASE(8),
        KSM_NODE_VANISHES(6),
        KILL(14),
        RESTART(4),
        FOREIGN_WRITE(12),
        FIGHT(6),
        ADVISOR_TURNS(8),
        API_OUTAGE(6),
        API_BACK(4),
        REFUSAL(6),
        NO_MORE_REFUSALS(4),
        DISK_TROUBLE(6),
        DISK_WELL(4),
        ORIGINALS_DAMAGED(4),
        SPEC_DAMAGED(2),
        REBOOT(3),
        CLOCK_STEP(4),
        MERGE(8),
        GUEST_ARRIVES(6),
        GUESTS_LEAVE(3),
        UNMERGE_FAILS(4),
        TIME_PASSES(6),
        QUIET(2),
        QUIET_WITHOUT_API_SERVER(2);

        private static final int WEIGHTS =
                Stream.of(values()).mapToInt(event -> event.weight).sum();

        private final int weight;

        Event(int weight) {
            this.weight = weight;
        }

        private static Event any(Dice dice) {
            int left = dice.between(0, WEIGHTS);
            for (Event event : values()) {
                left -= event.weight;
                if (left < 0) {
                    return event;
                }
            }
            throw new AssertionError();
        }
    }

    private final List<String> story = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final Dice dice;
    private final RandomSpecs specs;
    private final UnquietNode node;
    private int boots;

    /**
     * The sequence of that seed.
     *
     * @param proc where the node's /proc is to be
     */
    RandomSequence(long seed, Path proc) {
        dice = new Dice(seed);
        specs = new RandomSpecs(dice);
        node = new UnquietNode(dice.any(KERNELS), proc);
    }

    /**
     * What has happened.
     *
     * @param deaths how often the agent was killed in the midst of a write
     * @param foreignChanges how many settings others have changed
     * @param boosts how often Adaptive has sent ksmd in
     */
    record Happened(List<Event> events, int deaths, int foreignChanges, int boosts) {}

    /** What has happened so far. */
    Happened happened() {
        return new Happened(List.copyOf(events), node.deaths(), node.foreignChanges(), node.boosts());
    }

    /** The same in a person's words. */
    String story() {
        return String.join("\n", story);
    }

    /**
     * Has everything happen.
     *
     * @throws AssertionError where something is not as the model says
     */
    void run() {
        for (int i = dice.between(0, 4); i > 0; i--) {
            foreignWrites();
        }
        node.start();
        for (int i = 0; i < EVENTS; i++) {
            Event event = Event.any(dice);
            events.add(event);
            story.add(event.toString());
            happen(event);
            rounds();
        }
        quiet();
        end();
        quiet();
    }

    private void rounds() {
        if (!node.isAlive() && !dice.oneIn(3)) {
            story.add("  a new agent");
            node.start();
        }
        for (int i = dice.between(1, 4); i > 0; i--) {
            node.clock.pass(Duration.ofMillis(dice.between(200, 8_000)));
            if (node.isAlive() && node.round().isEmpty()) {
                story.add("  killed");
            }
        }
    }

    /** The policy is gone for good, and no guest is left that would be in the way. */
    private void end() {
        if (dice.oneIn(4)) {
            story.add("END: the KsmNode is gone");
            node.controlPlane.ksmNodeIsGone();
        } else {
            tell(specs.released());
        }
        node.guestsLeave();
    }

    private void happen(Event event) {
        switch (event) {
            case POLICY -> tell(specs.covered());
            case RELEASE -> tell(specs.released());
            case KSM_NODE_VANISHES -> node.controlPlane.ksmNodeIsGone();
            case KILL -> {
                if (dice.oneIn(4)) {
                    node.kill();
                } else {
                    node.killAtStep(dice.between(1, 25));
                }
            }
            case RESTART -> {
                node.kill();
                node.start();
            }
            case FOREIGN_WRITE -> foreignWrites();
            case FIGHT -> fight();
            case ADVISOR_TURNS -> {
                int pages = dice.any(PAGES_TO_SCAN);
                story.add("  " + pages);
                node.advisorTurns(pages);
            }
            case API_OUTAGE -> node.controlPlane.answers(false);
            case API_BACK -> node.controlPlane.answers(true);
            case REFUSAL -> {
                Knob knob = dice.any(List.of(Knob.values()));
                Errno errno = dice.any(List.of(Errno.EINVAL, Errno.EBUSY, Errno.OTHER));
                story.add("  " + knob.file() + ": " + errno);
                node.refuse(knob, errno);
            }
            case NO_MORE_REFUSALS -> node.acceptEverything();
            case DISK_TROUBLE -> {
                WatchedJournal.Disk disk = dice.any(List.of(WatchedJournal.Disk.values()));
                story.add("  " + disk);
                node.disk(disk);
            }
            case DISK_WELL -> node.disk(WatchedJournal.Disk.WELL);
            case ORIGINALS_DAMAGED -> {
                int lines = dice.between(1, 12);
                story.add("  but for " + lines + " lines");
                node.damageOriginals(lines);
            }
            case SPEC_DAMAGED -> node.damageSpec();
            case REBOOT -> {
                boots++;
                node.reboot(boots, !dice.oneIn(3));
            }
            case CLOCK_STEP -> {
                Duration step = Duration.ofSeconds(dice.between(-200_000, 200_000));
                story.add("  " + step);
                node.clock.set(step);
            }
            case MERGE -> node.merge(dice.between(1, 100));
            case GUEST_ARRIVES -> node.guestArrives();
            case GUESTS_LEAVE -> node.guestsLeave();
            case UNMERGE_FAILS ->
                node.nextUnmerge(dice.any(List.of(
                        new UnmergeResult.TooLittle("1 MiB short", "Wait."),
                        new UnmergeResult.Stopped("the reserve was touched"),
                        new UnmergeResult.Killed(9),
                        new UnmergeResult.StillMerged(7, 0),
                        new UnmergeResult.Refused(Errno.ENOMEM, "no memory"),
                        new UnmergeResult.Failed("no such program"))));
            case TIME_PASSES -> node.clock.pass(Duration.ofSeconds(dice.between(1, 2_000)));
            case QUIET -> quiet();
            case QUIET_WITHOUT_API_SERVER -> node.quietWithoutApiServer();
        }
    }

    private void tell(KsmNodeSpec spec) {
        story.add("  " + spec);
        node.controlPlane.tell(spec);
    }

    private void foreignWrites() {
        for (int i = dice.between(1, 4); i > 0; i--) {
            Knob knob = dice.any(List.of(Knob.values()));
            long value = switch (knob) {
                case RUN -> dice.between(0, 3);
                case PAGES_TO_SCAN -> dice.any(PAGES_TO_SCAN);
                case MERGE_ACROSS_NODES, USE_ZERO_PAGES, SMART_SCAN, ADVISOR_MODE, REDHAT_ONLY_ZERO_PAGES ->
                    dice.between(0, 2);
                default -> dice.between(2, 5_000);
            };
            story.add("  somebody writes " + knob.file() + "=" + knob.text(value));
            node.foreignWrite(knob, value);
        }
    }

    /** Somebody goes on writing the same until the agent gives way, or even longer. */
    private void fight() {
        Knob knob = dice.any(List.of(Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLISECS, Knob.USE_ZERO_PAGES));
        for (int i = dice.between(3, 10); i > 0; i--) {
            story.add("  somebody goes on writing " + knob.file());
            node.foreignWrite(knob, knob == Knob.USE_ZERO_PAGES ? dice.between(0, 2) : dice.any(PAGES_TO_SCAN));
            node.clock.pass(Duration.ofSeconds(31));
            node.round();
        }
    }

    private void quiet() {
        story.add("quiet");
        node.quiet();
        story.add("  " + node.knobs());
    }
}
