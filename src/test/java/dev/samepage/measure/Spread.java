package dev.samepage.measure;

import java.util.List;

/** Several measurements of the same thing, at least one. */
public record Spread(List<Double> ascending) {
    public Spread {
        ascending = ascending.stream().sorted().toList();
    }

    public double min() {
        return ascending.getFirst();
    }

    public double median() {
        return percentile(50);
    }

    public double max() {
        return ascending.getLast();
    }

    /** The smallest value that at least so many per cent of all do not exceed. */
    double percentile(int percent) {
        return ascending.get((int) Math.ceil(ascending.size() * percent / 100.0) - 1);
    }
}
