package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of nodes, or a share of them in per cent, as {@code maxUnavailable} of a Deployment is.
 *
 * @param written {@code 5} or {@code 10%}; whatever else, of a newer version perhaps, counts as none
 */
public record Share(String written) {
    /** A number up to a million, or a percentage up to 100. */
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,5}|1000000)|(0|[1-9][0-9]?|100)%");

    private static final int PERCENT = 100;

    /** Reads what JSON has there. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Share of(Object written) {
        return new Share(written.toString());
    }

    /** As JSON has it: a number, or a text. */
    @JsonValue
    public Object json() {
        Matcher form = FORM.matcher(written);
        return form.matches() && form.group(1) != null ? Integer.valueOf(form.group(1)) : written;
    }

    /** How many of {@code nodes} that are at least, 0 or more; it may be more than there are. */
    public int roundedUp(int nodes) {
        return (int) ((hundredths(nodes) + PERCENT - 1) / PERCENT);
    }

    /** How many of {@code nodes} that are at most, 0 or more; it may be more than there are. */
    public int roundedDown(int nodes) {
        return (int) (hundredths(nodes) / PERCENT);
    }

    /** Whether it is a number, or a percentage, of at least {@code least}. */
    public boolean isAtLeast(int least) {
        return FORM.matcher(written).matches() && hundredths(PERCENT) >= (long) least * PERCENT;
    }

    private long hundredths(int nodes) {
        Matcher form = FORM.matcher(written);
        if (!form.matches()) {
            return 0;
        }
        return form.group(1) != null ? Long.parseLong(form.group(1)) * PERCENT : Long.parseLong(form.group(2)) * nodes;
    }

    @Override
    public String toString() {
        return written;
    }
}
