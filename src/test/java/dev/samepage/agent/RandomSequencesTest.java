package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.RandomSequence.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
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
        RandomSequence sequence = new RandomSequence(seed, directory.resolve("proc-" + seed));
        try {
            sequence.run();
            return sequence.events();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "-Dsequences.seed=" + seed + " -Dsequences=1 runs this again:\n" + sequence.story() + "\n"
                            + e.getMessage(),
                    e);
        }
    }
}
