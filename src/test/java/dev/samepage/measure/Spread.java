package dev.samepage.measure;

import java.util.Arrays;

/** Several measurements of the same thing. */
record Spread(double... values) {
    Spread {
        values = values.clone();
        Arrays.sort(values);
    }

    double min() {
        return values[0];
    }

    double median() {
        return percentile(50);
    }

    double max() {
        return values[values.length - 1];
    }

    /** The smallest value that at least so many per cent of all do not exceed. */
    double percentile(int percent) {
        return values[(int) Math.ceil(values.length * percent / 100.0) - 1];
    }
}
