package dev.samepage.testbed.guests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a guest's mergeable memory is made of, and when.
 *
 * @param commonMebibytes pages that differ from each other, and are the same in all guests
 * @param uniqueMebibytes pages that no other guest has
 * @param zeroMebibytes pages of zeros, written and not only mapped
 * @param rewrittenMebibytes pages that change twice a second, so that they never merge
 * @param touchedMebibytes the part of the common memory that is written to once a minute with what it holds already: it is not
 *     merged any more then, and could be again
 * @param markAfter from the guest's start until its memory is there and marked mergeable
 * @param fillTime over which the memory is filled after that, evenly
 * @param hugePages false to keep the kernel from backing it with transparent huge pages
 */
public record GuestMemory(
        int commonMebibytes,
        int uniqueMebibytes,
        int zeroMebibytes,
        int rewrittenMebibytes,
        int touchedMebibytes,
        Duration markAfter,
        Duration fillTime,
        boolean hugePages) {
    public GuestMemory {
        if (commonMebibytes < 0 || uniqueMebibytes < 0 || zeroMebibytes < 0 || rewrittenMebibytes < 0) {
            throw new IllegalArgumentException("a guest cannot have less than no memory");
        }
        if (touchedMebibytes < 0 || touchedMebibytes > commonMebibytes) {
            throw new IllegalArgumentException("what is touched is a part of the common memory");
        }
        if (commonMebibytes + uniqueMebibytes + zeroMebibytes + rewrittenMebibytes == 0) {
            throw new IllegalArgumentException("a guest needs some memory");
        }
        if (markAfter.isNegative() || fillTime.isNegative()) {
            throw new IllegalArgumentException("a guest cannot be ready before it starts");
        }
    }

    /** Common and unique memory, marked and filled at once. */
    public static GuestMemory of(int commonMebibytes, int uniqueMebibytes) {
        return new GuestMemory(commonMebibytes, uniqueMebibytes, 0, 0, 0, Duration.ZERO, Duration.ZERO, true);
    }

    public GuestMemory withZero(int mebibytes) {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                mebibytes,
                rewrittenMebibytes,
                touchedMebibytes,
                markAfter,
                fillTime,
                hugePages);
    }

    public GuestMemory withRewritten(int mebibytes) {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                zeroMebibytes,
                mebibytes,
                touchedMebibytes,
                markAfter,
                fillTime,
                hugePages);
    }

    public GuestMemory withTouched(int mebibytes) {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                zeroMebibytes,
                rewrittenMebibytes,
                mebibytes,
                markAfter,
                fillTime,
                hugePages);
    }

    public GuestMemory markedAfter(Duration time) {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                zeroMebibytes,
                rewrittenMebibytes,
                touchedMebibytes,
                time,
                fillTime,
                hugePages);
    }

    public GuestMemory filledIn(Duration time) {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                zeroMebibytes,
                rewrittenMebibytes,
                touchedMebibytes,
                markAfter,
                time,
                hugePages);
    }

    public GuestMemory withoutHugePages() {
        return new GuestMemory(
                commonMebibytes,
                uniqueMebibytes,
                zeroMebibytes,
                rewrittenMebibytes,
                touchedMebibytes,
                markAfter,
                fillTime,
                false);
    }

    /** All of it. */
    public int mebibytes() {
        return commonMebibytes + uniqueMebibytes + zeroMebibytes + rewrittenMebibytes;
    }

    /** The same as command line options of {@link GuestProgram}, and, where nothing is touched, of the guest in src/testbed/pods. */
    public List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "--common=" + commonMebibytes,
                "--unique=" + uniqueMebibytes,
                "--zero=" + zeroMebibytes,
                "--rewritten=" + rewrittenMebibytes,
                "--mark-after-millis=" + markAfter.toMillis(),
                "--fill-millis=" + fillTime.toMillis(),
                "--huge-pages=" + hugePages));
        if (touchedMebibytes > 0) {
            options.add("--touched=" + touchedMebibytes);
        }
        return List.copyOf(options);
    }

    /**
     * Reads command line options; all may be left out.
     *
     * @throws IllegalArgumentException if one is not known or not a number
     */
    static GuestMemory parse(String... options) {
        int common = 0;
        int unique = 0;
        int zero = 0;
        int rewritten = 0;
        int touched = 0;
        long markAfter = 0;
        long fill = 0;
        boolean hugePages = true;
        for (String option : options) {
            String value = option.substring(option.indexOf('=') + 1);
            switch (option.substring(0, option.length() - value.length())) {
                case "--common=" -> common = Integer.parseInt(value);
                case "--unique=" -> unique = Integer.parseInt(value);
                case "--zero=" -> zero = Integer.parseInt(value);
                case "--rewritten=" -> rewritten = Integer.parseInt(value);
                case "--touched=" -> touched = Integer.parseInt(value);
                case "--mark-after-millis=" -> markAfter = Long.parseLong(value);
                case "--fill-millis=" -> fill = Long.parseLong(value);
                case "--huge-pages=" -> hugePages = Boolean.parseBoolean(value);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new GuestMemory(
                common,
                unique,
                zero,
                rewritten,
                touched,
                Duration.ofMillis(markAfter),
                Duration.ofMillis(fill),
                hugePages);
    }
}
