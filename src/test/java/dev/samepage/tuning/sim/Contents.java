package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** What would be saved if all pages that are equal now were merged. */
    long idealSavedPages(List<SimulatedGuest> guests, long nowNanos) {
        Map<Content, Long> pages = new HashMap<>();
        for (SimulatedGuest guest : guests) {
            for (Block block : guest.blocks()) {
                Content content = block.content();
                if (content != null && guest.isMergeable() && block.isFilledBy(nowNanos)) {
                    pages.merge(content, (long) block.pages(), Long::sum);
                }
            }
        }
        long saved = 0;
        for (var each : pages.entrySet()) {
            boolean zeroPage = each.getKey() == zero && state.knobs().on(Knob.USE_ZERO_PAGES);
            saved += zeroPage ? each.getValue() : each.getKey().idealSavedPages(each.getValue());
        }
        return saved;
    }
}
