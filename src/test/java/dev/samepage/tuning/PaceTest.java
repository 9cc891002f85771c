package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.kernel.Knob;
import dev.samepage.tuning.Pace.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private static final long MILLI = 1_000_000;

    private static final Reading START = at(0, 0, 0);

    private static Reading at(long millis, long cpuMillis, long pages) {
        return Given.scanned(millis * MILLI, cpuMillis * MILLI, pages);
    }

    /** Of a kernel that does not count the pages it scans. */
    private static Reading uncounted(long millis, long cpuMillis) {
        return Given.reading(millis * MILLI, cpuMillis * MILLI, Map.of());
    }

    private static Pace pace(long batchPages, long sleepMillis, Reading... recent) {
        return new Pace(batchPages, sleepMillis, 0, 4, List.of(recent));
    }

    @ParameterizedTest
    @CsvSource({
        // A batch of 8 us a page takes 40 ms,
        "70, 0, MEETING, 5000, 17",
        "100, 0, MEETING, 5000, 1",
        // or 60 ms of the core's share, if that is less.
        "30, 0, MEETING, 2250, 42",
        "10, 0, MEETING, 750, 54",
        "1, 0, MEETING, 75, 59",
        // Where a page took 32 us on average, it is half as large.
        "70, 16000, MEETING, 5000, 17",
        "70, 32000, MEETING, 2500, 9",
        "70, 10000000, MEETING, 64, 1",
        // New pairs take 16 us a page.
        "70, 0, MERGING, 2500, 17",
        "10, 0, MERGING, 375, 54",
        "70, 32000, MERGING, 1250, 9"
    })
    void beginsWithABatchOfTheDearestPagesAndASleepThatHoldsTheLimit(
            int maxCpuPercent, double dearestPageNanos, Work work, long batchPages, long sleepMillis) {
        assertThat(Pace.begin(START, dearestPageNanos, maxCpuPercent, work))
                .isEqualTo(new Pace(batchPages, sleepMillis, dearestPageNanos, 4, List.of(START)));
    }

    @Test
    void sleepsAtLeastFortyMillisecondsWhereItCreeps() {
        assertThat(pace(5000, 17, START).knobs(false))
                .isEqualTo(Map.of(Knob.PAGES_TO_SCAN, 5000L, Knob.SLEEP_MILLISECS, 17L));
        assertThat(pace(5000, 17, START).knobs(true))
                .isEqualTo(Map.of(Knob.PAGES_TO_SCAN, 5000L, Knob.SLEEP_MILLISECS, 40L));
        assertThat(pace(750, 54, START).knobs(true))
                .isEqualTo(Map.of(Knob.PAGES_TO_SCAN, 750L, Knob.SLEEP_MILLISECS, 54L));
    }

    @Test
    void cutsTheBatchWhereNewPairsMayFollow() {
        assertThat(pace(5000, 17, START).merging(70)).isEqualTo(pace(2500, 17, START));
        assertThat(pace(5000, 17, START).merging(10)).isEqualTo(pace(375, 17, START));
        assertThat(pace(1000, 17, START).merging(70)).isEqualTo(pace(1000, 17, START));
    }

    @Test
    void staysWhereNobodySeesKsmd() {
        Pace pace = pace(5000, 17, START);

        assertThat(pace.next(Given.reading(100 * MILLI, Map.of()), 70, Work.MEETING))
                .isEqualTo(pace);
    }

    @Test
    void staysWhereNoTimeHasGoneBy() {
        Pace pace = pace(5000, 17, START);

        assertThat(pace.next(at(0, 20, 5000), 70, Work.MEETING)).isEqualTo(pace);
    }

    @Test
    void staysUntilHalfABatchIsDone() {
        Pace pace = pace(1000, 10, START);

        assertThat(pace.next(at(100, 90, 499), 70, Work.MEETING)).isEqualTo(pace(1000, 10, START, at(100, 90, 499)));
        assertThat(pace.next(at(100, 90, 500), 70, Work.MEETING).sleepMillis()).isNotEqualTo(10);
    }

    @Test
    void takesTheSleepFromWhatAPageCostsAndTheBatchFromTheDearest() {
        // 10,000 pages of 7 us each in ten batches, and 3 ms of sleep after each: earlier than asked for, so not late
        // at all.
        Pace next = pace(1000, 30, START).next(at(100, 70, 10_000), 70, Work.MEETING);

        assertThat(next.batchPages()).isEqualTo(5000);
        // 35 ms of work need 15 ms of rest, of which 2.8 come by themselves.
        assertThat(next.sleepMillis()).isEqualTo(12);
        assertThat(next.dearestPageNanos()).isEqualTo(7000);
        assertThat(next.lateMillis()).isEqualTo(2.8, within(1e-9));
        assertThat(next.recent()).containsExactly(START, at(100, 70, 10_000));
    }

    @Test
    void remembersTheDearestPage() {
        Pace next = new Pace(5000, 17, 32_000, 4, List.of(START)).next(at(100, 70, 10_000), 70, Work.MEETING);

        assertThat(next.batchPages()).isEqualTo(2500);
        assertThat(next.dearestPageNanos()).isEqualTo(32_000);
    }

    @Test
    void learnsByHowMuchSleepsAreLonger() {
        // Ten batches with 18 ms of sleep after each, where 10 were asked for; then 93.
        assertThat(pace(1000, 10, START)
                        .next(at(250, 70, 10_000), 70, Work.MEETING)
                        .lateMillis())
                .isEqualTo(5.2, within(1e-9));
        assertThat(pace(1000, 10, START)
                        .next(at(1000, 70, 10_000), 70, Work.MEETING)
                        .lateMillis())
                .isEqualTo(17.8, within(1e-9));
    }

    @Test
    void leavesWhatDiffersByAnEighthOrOneMore() {
        // A batch of 1126 pages at 35.5 us, of 1127 at 35.49.
        assertThat(pace(1000, 1000, START)
                        .next(at(500, 355, 10_000), 70, Work.MERGING)
                        .batchPages())
                .isEqualTo(1000);
        assertThat(pace(1000, 1000, START)
                        .next(Given.scanned(500 * MILLI, 354_900_000, 10_000), 70, Work.MERGING)
                        .batchPages())
                .isEqualTo(1127);
        // The sleep would be 12 ms.
        assertThat(pace(5000, 14, START)
                        .next(at(100, 70, 10_000), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(14);
        assertThat(pace(5000, 15, START)
                        .next(at(100, 70, 10_000), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(12);
    }

    @Test
    void restsLongerAfterItHasTakenMoreThanItMay() {
        // All of the time where 30 % are allowed: an eighth of that at first, which is 289 ms of rest for 11 ms of
        // work.
        assertThat(pace(2250, 42, START)
                        .next(at(100, 100, 20_000), 30, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(286);
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "60, 11", "70, 20", "72, 29", "75, 40", "100, 40"})
    void followsTheCpuTimeAloneWhereTheKernelDoesNotCountPages(long cpuMillis, long sleepMillis) {
        Pace next = pace(5000, 20, uncounted(0, 0)).next(uncounted(100, cpuMillis), 70, Work.MEETING);

        assertThat(next).isEqualTo(pace(5000, sleepMillis, uncounted(0, 0), uncounted(100, cpuMillis)));
    }

    @Test
    void sleepsBetweenAMillisecondAndASecondWhateverTheCpuTime() {
        assertThat(pace(5000, 1, uncounted(0, 0))
                        .next(uncounted(100, 0), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(1);
        assertThat(pace(5000, 900, uncounted(0, 0))
                        .next(uncounted(100, 100), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(1000);
    }

    @Test
    void aimsByTheLastTwoSecondsAndCorrectsByTheLastLook() {
        // 88 % of all the time, so it aims at 16 % for now; the last look had 70.
        assertThat(pace(5000, 20, uncounted(0, 0), uncounted(1000, 900))
                        .next(uncounted(1100, 970), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(40);
        // 73 % of all the time, so it aims at 62 %; the last look had 70.
        assertThat(pace(5000, 20, uncounted(0, 0), uncounted(1000, 730))
                        .next(uncounted(1100, 800), 70, Work.MEETING)
                        .sleepMillis())
                .isEqualTo(29);
    }

    @Test
    void remembersTheReadingsOfTheLastTwoSecondsAndTheOneBefore() {
        Reading first = uncounted(0, 0);
        Reading second = uncounted(1000, 700);
        Reading third = uncounted(1900, 1300);
        Pace pace = pace(5000, 20, first, second, third);

        assertThat(pace.next(uncounted(3000, 2000), 70, Work.MEETING).recent())
                .containsExactly(first, second, third, uncounted(3000, 2000));
        assertThat(pace.next(uncounted(3001, 2000), 70, Work.MEETING).recent())
                .containsExactly(second, third, uncounted(3001, 2000));
        assertThat(pace.next(uncounted(10_000, 2000), 70, Work.MEETING).recent())
                .containsExactly(third, uncounted(10_000, 2000));
    }

    @Test
    void remembersNoMoreThan32ReadingsHoweverOftenThereIsALook() {
        Pace pace = pace(5000, 20, uncounted(0, 0));
        for (int look = 1; look <= 31; look++) {
            pace = pace.next(uncounted(10L * look, 7L * look), 70, Work.MEETING);
        }
        assertThat(pace.recent()).hasSize(32).startsWith(uncounted(0, 0));

        assertThat(pace.next(uncounted(320, 224), 70, Work.MEETING).recent())
                .hasSize(32)
                .startsWith(uncounted(10, 7))
                .endsWith(uncounted(320, 224));
    }

    @Test
    void tellsHowManyPagesAreDoneInATimeByTheLastTwoLooks() {
        Pace pace = pace(1000, 10, START, at(100, 0, 9000), at(300, 0, 13_000));

        assertThat(pace.pagesIn(Duration.ofMillis(150))).isEqualTo(3000);
        assertThat(pace.pagesIn(Duration.ofMillis(20))).isEqualTo(1000);
    }

    @Test
    void takesABatchForWhatIsDoneWhereNobodyCanTell() {
        assertThat(pace(1000, 10, START).pagesIn(Duration.ofSeconds(9))).isEqualTo(1000);
        assertThat(pace(1000, 10, uncounted(0, 0), uncounted(100, 50)).pagesIn(Duration.ofSeconds(9)))
                .isEqualTo(1000);
    }
}
