package dev.samepage.bench;

import java.time.Duration;

/**
 * ksmtuned of Debian and of Red Hat's distributions: once a minute, 300 pages more while less than a fifth of the memory is free, else 50
 * less, and a stop when the guests and that fifth fit into the memory together. From the defaults of /usr/sbin/ksmtuned in Debian's package
 * ksmtuned 4.20150326.
 */
record KsmtunedLaw() implements Law {
    private static final long SIXTEEN_GIBIBYTES_IN_KIBIBYTES = 16 * 1024 * 1024;
    private static final int SLEEP_MILLIS_AT_16_GIBIBYTES = 10;
    private static final int SHORTEST_SLEEP_MILLIS = 10;
    private static final int THRESHOLD_PERCENT = 20;
    private static final int SMALLEST_THRESHOLD_KIBIBYTES = 2048;
    private static final int BOOST_PAGES = 300;
    private static final int DECAY_PAGES = 50;
    private static final int FEWEST_PAGES = 64;
    private static final int MOST_PAGES = 1250;

    /** Its own count of pages begins at 0, whatever the kernel holds. */
    @Override
    public Pace initial() {
        return new Pace(false, 0, Pace.INITIAL.sleepMillis());
    }

    @Override
    public Duration firstAfter() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Pace next(Pace last, HostReading host) {
        long total = host.totalKibibytes();
        long threshold = Math.max(total * THRESHOLD_PERCENT / 100, SMALLEST_THRESHOLD_KIBIBYTES);
        if (host.guestsKibibytes() + threshold < total && host.freeKibibytes() > threshold) {
            return last.stopped();
        }
        long change = host.freeKibibytes() < threshold ? BOOST_PAGES : -DECAY_PAGES;
        long sleep =
                Math.max(SHORTEST_SLEEP_MILLIS, SLEEP_MILLIS_AT_16_GIBIBYTES * SIXTEEN_GIBIBYTES_IN_KIBIBYTES / total);
        return new Pace(true, Math.clamp(last.pagesToScan() + change, FEWEST_PAGES, MOST_PAGES), sleep);
    }
}
