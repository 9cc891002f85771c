package dev.samepage.measure;

import java.util.List;

/** Several measurements of the same thing, at least one. */
record Spread(List<Double> ascending) {
    Spread {
        ascending = ascending.stream().sorted().toList();
    }

    double min() {
        return ascending.getFirst();
    }

    double median() {
        return percentile(50);
    }

    double max() {
        return ascending.getLast();
    }

    /** The smallest value that at least so many per cent of all do not exceed. */
    double percentile(int percent) {
        return ascending.get((int) Math.ceil(ascending.size() * percent / 100.0) - 1);
    }
}
