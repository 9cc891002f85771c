package dev.samepage.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Roll-outs over nodes that answer late, refuse, are lost and come back, with edits and pauses in between: whatever the sequence, what
 * must never be never is. A failing seed is told in the test's name.
 */
class RolloutRandomTest {
    private static final int STEPS = 200;

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nobodyIsToldBeyondThePlacesNorAfterTooManyFailures(int seed) {
        var world = new World(seed);
        int toldInAll = 0;
        for (int step = 0; step < STEPS; step++) {
            world.somethingHappens();
            Rollout rollout = world.look();

            int told = rollout.next().size();
            toldInAll += told;
            String when = "step %d of seed %d: %s".formatted(step, seed, rollout);
            if (told > 0) {
                assertThat(world.atWork()).as(when).isLessThanOrEqualTo(Math.max(world.concurrent, world.atWorkBefore));
                assertThat(world.failed()).as(when).isLessThanOrEqualTo(world.failures);
                assertThat(world.paused).as(when).isFalse();
            }
        }
        assertThat(toldInAll).as("told in all").isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyNodeThatCanBeReachedHasItInTheEndWhereNoneRefuses(int seed) {
        var world = new World(seed);
        for (int step = 0; step < STEPS; step++) {
            world.somethingHappens();
            world.look();
        }
        world.peace();
        int looks = 0;
        while (world.look().waiting() > 0) {
            world.everybodyAnswers();
            assertThat(looks++).as("looks that seed %d needs", seed).isLessThan(world.hosts.size() + 1);
        }
        world.everybodyAnswers();
        String wanted = Assignment.specFrom(world.policy()).hash();
        assertThat(world.hosts).allSatisfy((_, host) -> {
            assertThat(host.answered).isEqualTo(wanted);
            assertThat(host.state).isEqualTo(State.APPLIED);
        });
    }

    /** Ten to forty nodes and one policy. */
    private static final class World {
        private final Random random;
        private final Map<String, Host> hosts = new TreeMap<>();
        private final Map<String, KsmPolicy> policies = new HashMap<>();
        private final int concurrent;
        private final int failures;
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");
        private int version;
        private boolean paused;
        private int atWorkBefore;

        World(int seed) {
            random = new Random(seed);
            int count = 10 + random.nextInt(31);
            for (int i = 0; i < count; i++) {
                hosts.put("n" + i, new Host());
            }
            concurrent = 1 + random.nextInt(5);
            failures = random.nextInt(3);
        }

        void somethingHappens() {
            now = now.plus(Duration.ofSeconds(random.nextInt(90)));
            for (Host host : hosts.values()) {
                switch (random.nextInt(40)) {
                    case 0 -> host.reachable = false;
                    case 1, 2, 3 -> host.reachable = true;
                    case 4 -> host.answers = false;
                    case 5, 6, 7 -> host.answers = true;
                    default -> host.goOn(random, now);
                }
            }
            switch (random.nextInt(60)) {
                case 0 -> version++;
                case 1 -> paused = true;
                case 2, 3, 4 -> paused = false;
                default -> {}
            }
        }

        void peace() {
            paused = false;
            now = now.plus(Duration.ofMinutes(10));
            hosts.values().forEach(host -> {
                host.reachable = true;
                host.answers = true;
            });
            everybodyAnswers();
        }

        void everybodyAnswers() {
            hosts.values().forEach(host -> host.end(State.APPLIED));
        }

        /** Looks, and tells those that are next. */
        Rollout look() {
            KsmPolicy policy = policy();
            var nodes = hosts.entrySet().stream()
                    .map(host -> new NodeFacts(host.getKey(), Map.of(), Tuner.SAMEPAGE, host.getValue().reachable))
                    .toList();
            var ksmNodes = new HashMap<String, KsmNode>();
            hosts.forEach((name, host) -> {
                if (host.told != null) {
                    ksmNodes.put(name, host.ksmNode(name));
                }
            });
            atWorkBefore = atWork();
            Rollout rollout = requireNonNull(new PolicyStatus(Clock.fixed(now, ZoneOffset.UTC))
                    .look(policy, new Fleet(nodes, List.of(policy), ksmNodes), Set.of())
                    .rollout());
            KsmNodeSpec wanted = Assignment.specFrom(policy);
            rollout.next().forEach(name -> requireNonNull(hosts.get(name)).tell(wanted, now));
            return rollout;
        }

        /** By what is true, and not by what is decided. */
        int atWork() {
            return (int)
                    hosts.values().stream().filter(host -> host.isAtWork(now)).count();
        }

        int failed() {
            String wanted = Assignment.specFrom(policy()).hash();
            return (int) hosts.values().stream()
                    .filter(host -> host.told != null && host.told.hash().equals(wanted) && host.hasFailed(now))
                    .count();
        }

        private KsmPolicy policy() {
            String name = version + (paused ? " paused" : "");
            return policies.computeIfAbsent(
                    name,
                    n -> Given.policy(
                            "a",
                            "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: %d}, paused: %s, rollout: {maxConcurrent: %d, maxFailures: %d}}"
                                    .formatted(100 + version, paused, concurrent, failures)));
        }
    }

    /** A node with its agent. */
    private static final class Host {
        private boolean reachable = true;
        private boolean answers = true;
        private @Nullable KsmNodeSpec told;
        private Instant toldAt = Instant.EPOCH;
        private String answered = "";
        private State state = State.APPLIED;

        void tell(KsmNodeSpec wanted, Instant now) {
            told = wanted;
            toldAt = now;
        }

        void goOn(Random random, Instant now) {
            if (isAtWork(now) || random.nextInt(50) == 0) {
                switch (random.nextInt(8)) {
                    case 0 -> end(State.FAILED);
                    case 1, 2 -> end(State.APPLYING);
                    case 3, 4, 5 -> end(State.APPLIED);
                    default -> {}
                }
            }
        }

        void end(State how) {
            if (told != null && reachable && answers) {
                answered = told.hash();
                state = how;
            }
        }

        boolean isAtWork(Instant now) {
            return told != null && reachable && !isAtRest() && !isOverdue(now);
        }

        /** It refuses what it was told, or has been lost over it; where there was never an agent, nobody could refuse or be lost. */
        boolean hasFailed(Instant now) {
            if (isAtRest()) {
                return state == State.FAILED;
            }
            return !reachable || (!answered.isEmpty() && isOverdue(now));
        }

        private boolean isAtRest() {
            return hasAnswered() && state != State.APPLYING;
        }

        private boolean hasAnswered() {
            return requireNonNull(told).hash().equals(answered);
        }

        private boolean isOverdue(Instant now) {
            return toldAt.isBefore(now.minus(Duration.ofMinutes(hasAnswered() ? 60 : 5)));
        }

        KsmNode ksmNode(String name) {
            KsmNode ksmNode = Given.ksmNode(
                    name, told, answered.isEmpty() ? null : Given.report(state, answered, "", "", List.of()));
            ksmNode.getMetadata()
                    .setManagedFields(List.of(new ManagedFieldsEntryBuilder()
                            .withTime(toldAt.toString())
                            .build()));
            return ksmNode;
        }
    }
}
