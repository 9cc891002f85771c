package dev.samepage.bench;

import java.time.Duration;

/**
 * KubeVirt's virt-handler: at once and every three minutes, 300 pages more while at most a fifth of the memory is available, else 50 less
 * until it stops; it sleeps the shorter the more memory is in use. From the defaults in pkg/virt-handler/ksm/ksm.go of
 * github.com/kubevirt/kubevirt at commit d923fdb.
 */
record KubeVirtLaw() implements Law {
    private static final long SIXTEEN_GIBIBYTES_IN_KIBIBYTES = 16 * 1024 * 1024;
    private static final int SLEEP_MILLIS_AT_16_GIBIBYTES = 100;
    private static final int SHORTEST_SLEEP_MILLIS = 10;
    private static final int AVAILABLE_PERCENT = 20;
    private static final int FIRST_PAGES = 100;
    private static final int BOOST_PAGES = 300;
    private static final int DECAY_PAGES = 50;
    private static final int FEWEST_PAGES = 64;
    private static final int MOST_PAGES = 1250;

    @Override
    public Pace initial() {
        return Pace.INITIAL;
    }

    @Override
    public Duration firstAfter() {
        return Duration.ZERO;
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(3);
    }

    @Override
    public Pace next(Pace last, HostReading host) {
        long used = host.totalKibibytes() - host.availableKibibytes();
        long sleep =
                Math.max(SHORTEST_SLEEP_MILLIS, SLEEP_MILLIS_AT_16_GIBIBYTES * SIXTEEN_GIBIBYTES_IN_KIBIBYTES / used);
        if (host.availableKibibytes() * 100 > host.totalKibibytes() * AVAILABLE_PERCENT) {
            long fewer = last.pagesToScan() - DECAY_PAGES;
            return last.running() && fewer >= FEWEST_PAGES ? new Pace(true, fewer, sleep) : last.stopped();
        }
        long more = last.running() ? Math.min(MOST_PAGES, last.pagesToScan() + BOOST_PAGES) : FIRST_PAGES;
        return new Pace(true, more, sleep);
    }
}
