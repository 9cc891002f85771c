package dev.samepage.tuning.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Everything that more than one guest can have, which is what the stable tree can hold. */
final class Contents {
    private final KernelState state;
    private final Content zero;
    private final List<Content> all = new ArrayList<>();

    Contents(KernelState state) {
        this.state = state;
        zero = new Content(1, state);
        all.add(zero);
    }

    Content zero() {
        return zero;
    }

    /** The block at this place of every guest's common memory. */
    Content common(int number) {
        while (all.size() <= number + 1) {
            all.add(new Content(state.kernel().blockPages(), state));
        }
        return all.get(number + 1);
    }

    long sum(ToLongFunction<Content> pages) {
        return all.stream().mapToLong(pages).sum();
    }
}
