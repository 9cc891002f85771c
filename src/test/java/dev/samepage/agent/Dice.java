package dev.samepage.agent;

import java.util.List;
import java.util.Random;

/** Chance that is the same each time for the same seed. */
final class Dice {
    private final Random random;

    Dice(long seed) {
        random = new Random(seed);
    }

    /** From {@code from} up to and without {@code to}. */
    int between(int from, int to) {
        return random.nextInt(from, to);
    }

    boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
