package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.RandomSequence.Event;
import dev.samepage.agent.RandomSequence.Happened;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
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
        List<Happened> all = LongStream.range(FIRST_SEED, FIRST_SEED + SEQUENCES)
                .parallel()
                .mapToObj(this::run)
                .toList();

        List<Event> events =
                all.stream().flatMap(happened -> happened.events().stream()).toList();
        int deaths = all.stream().mapToInt(Happened::deaths).sum();
        int foreignChanges = all.stream().mapToInt(Happened::foreignChanges).sum();
        int boosts = all.stream().mapToInt(Happened::boosts).sum();
        System.out.printf(
                "%d sequences from seed %d: %d events; %d agents killed at a write, %d settings changed by others, %d boosts, %d reboots: all as the model says%n",
                SEQUENCES,
                FIRST_SEED,
                events.size(),
                deaths,
                foreignChanges,
                boosts,
                Collections.frequency(events, Event.REBOOT));
        if (SEQUENCES >= 100) {
            assertThat(events).as("what happened").contains(Event.values());
            assertThat(deaths).as("agents killed at a write").isPositive();
            assertThat(foreignChanges).as("settings changed by others").isPositive();
            assertThat(boosts).as("boosts").isPositive();
        }
    }

    private Happened run(long seed) {
        RandomSequence sequence = new RandomSequence(seed, directory.resolve("proc-" + seed));
        try {
            sequence.run();
            return sequence.happened();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "-Dsequences.seed=" + seed + " -Dsequences=1 runs this again:\n" + sequence.story() + "\n"
                            + e.getMessage(),
                    e);
        }
    }
}
