package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How the kernel's KSM directory behaves. The same cases run on {@link FakeKsm}, so that it may stand in for the kernel, and on the kernel,
 * so that they are true. Each starts from the kernel's defaults. What a kernel lacks is skipped on it.
 */
abstract class KsmContract {
    /** The directory under test, always the same in one test. */
    abstract KsmFiles files();

    /** That many pairs of equal pages are merged when this returns, and at least one lap is counted. ksmd is stopped, knobs are unchanged. */
    abstract void merge(int pairs) throws IOException;

    abstract long pageSizeBytes();

    private Ksm ksm() {
        return new Ksm(files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "+7", "007", "7\n"})
    void takesADecimalNumberWithOneNewlineAtMost(String text) throws IOException {
        files().write("pages_to_scan", text);
        assertThat(files().read("pages_to_scan")).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7 ", " 7", "7\n\n", "0x7", "-7", "seven", "\n", "18446744073709551616"})
    void refusesEveryOtherTextAndKeepsTheOldValue(String text) throws IOException {
        assertThat(refusal("pages_to_scan", text)).isEqualTo(Errno.EINVAL);
        assertThat(files().read("pages_to_scan")).isEqualTo("100");
    }

    @ParameterizedTest
    @CsvSource({
        "run, 3, EINVAL",
        "run, 4294967297, EINVAL",
        "pages_to_scan, 4294967296, EINVAL",
        "sleep_millisecs, 4294967296, EINVAL",
        "merge_across_nodes, 2, EINVAL",
        "use_zero_pages, 2, EINVAL",
        "max_page_sharing, 1, EINVAL",
        "max_page_sharing, 2147483648, ERANGE",
        "stable_node_chains_prune_millisecs, 4294967296, EINVAL",
        "smart_scan, 2, EINVAL",
        "advisor_target_scan_time, 0, EINVAL",
    })
    void refusesWhatIsOutOfRange(String file, String value, Errno errno) {
        assumeTrue(files().exists(file), "this kernel has no " + file);
        assertThat(refusal(file, value)).isEqualTo(errno);
    }

    @ParameterizedTest
    @CsvSource({
        "advisor_max_cpu, 4294967296, 0",
        "advisor_max_cpu, 4294967297, 1",
        "advisor_max_cpu, 101, 101",
        "advisor_min_pages_to_scan, 4294967297, 4294967297",
        "advisor_max_pages_to_scan, 0, 0",
        "advisor_target_scan_time, 4294967297, 4294967297",
    })
    void takesAnyNumberForTheAdvisorAndKeepsWhatFits(String file, String value, String kept) throws IOException {
        assumeTrue(files().exists(file), "this kernel has no " + file);
        files().write(file, value);
        assertThat(files().read(file)).isEqualTo(kept);
    }

    @ParameterizedTest
    @EnumSource(
            value = Knob.class,
            names = {"RUN"},
            mode = EnumSource.Mode.EXCLUDE)
    void keepsTheSmallestAndTheLargestValueOfEachKnob(Knob knob) {
        assumeTrue(files().exists(knob.file()), "this kernel has no " + knob.file());
        assertThat(ksm().write(knob, knob.min())).isEqualTo(new WriteResult.Written(knob, knob.min()));
        assertThat(ksm().write(knob, knob.max())).isEqualTo(new WriteResult.Written(knob, knob.max()));
    }

    @Test
    void startsAndStopsScanning() {
        assertThat(ksm().write(Knob.RUN, 1)).isEqualTo(new WriteResult.Written(Knob.RUN, 1));
        assertThat(ksm().write(Knob.RUN, 0)).isEqualTo(new WriteResult.Written(Knob.RUN, 0));
    }

    @Test
    void refusesAFileThatOnlyReports() {
        assertThat(refusal("full_scans", "0")).isEqualTo(Errno.EACCES);
    }

    @Test
    void createsNoFile() {
        assertThat(refusal("no_such_knob", "1")).isEqualTo(Errno.ENOENT);
        assertThat(files().exists("no_such_knob")).isFalse();
    }

    @Test
    void canBeUsed() {
        assertThat(ksm().unavailable()).isEmpty();
    }

    @Test
    void showsTheAdvisorsModeInBrackets() throws IOException {
        assumeAdvisor();
        assertThat(files().read("advisor_mode")).isEqualTo("[none] scan-time");
        files().write("advisor_mode", "scan-time\n");
        assertThat(files().read("advisor_mode")).isEqualTo("none [scan-time]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[none] scan-time", "none ", "nonex", "NONE", "0"})
    void refusesWhatIsNotTheNameOfAMode(String text) {
        assumeAdvisor();
        assertThat(refusal("advisor_mode", text)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void resetsPagesToScanToTheAdvisorsMinimumWhenItIsSwitchedOn() throws IOException {
        assumeAdvisor();
        files().write("advisor_min_pages_to_scan", "600");
        files().write("advisor_mode", "scan-time");
        assertThat(files().read("pages_to_scan")).isEqualTo("600");
    }

    @Test
    void resetsPagesToScanTo100WhenTheAdvisorIsSwitchedOff() throws IOException {
        assumeAdvisor();
        files().write("pages_to_scan", "777");
        files().write("advisor_mode", "scan-time");
        files().write("advisor_mode", "none");
        assertThat(files().read("pages_to_scan")).isEqualTo("100");
    }

    @Test
    void resetsNothingWhenTheModeStaysTheSame() throws IOException {
        assumeAdvisor();
        files().write("pages_to_scan", "777");
        files().write("advisor_mode", "none");
        assertThat(files().read("pages_to_scan")).isEqualTo("777");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "500", "seven"})
    void refusesEveryPagesToScanWhileTheAdvisorIsOn(String text) throws IOException {
        assumeAdvisor();
        files().write("advisor_mode", "scan-time");
        assertThat(refusal("pages_to_scan", text)).isEqualTo(Errno.EINVAL);
    }

    @Test
    void saysThatTheAdvisorIsOn() throws IOException {
        assumeAdvisor();
        files().write("advisor_mode", "scan-time");
        assertThat(ksm().write(Knob.PAGES_TO_SCAN, 20_000))
                .isEqualTo(new WriteResult.Refused(
                        Knob.PAGES_TO_SCAN,
                        20_000,
                        Errno.EINVAL,
                        "the kernel's advisor is on (advisor_mode=scan-time)"));
    }

    @Test
    void countsEqualPagesAsSavedOnce() throws IOException {
        merge(10);
        assertThat(ksm().counters().get(Counter.PAGES_SHARED)).hasValue(10);
        assertThat(ksm().counters().savedPages()).isEqualTo(10);
    }

    @Test
    void refusesToChangeMergeAcrossNodesWhilePagesAreMerged() throws IOException {
        assumeTrue(files().exists("merge_across_nodes"), "this kernel has no merge_across_nodes");
        merge(10);
        assertThat(refusal("merge_across_nodes", "0")).isEqualTo(Errno.EBUSY);
    }

    @Test
    void refusesToChangeMaxPageSharingWhilePagesAreMerged() throws IOException {
        merge(10);
        assertThat(refusal("max_page_sharing", "255")).isEqualTo(Errno.EBUSY);
    }

    @Test
    void takesTheValueThatMaxPageSharingHasWhilePagesAreMerged() throws IOException {
        merge(10);
        files().write("max_page_sharing", "256");
        assertThat(files().read("max_page_sharing")).isEqualTo("256");
    }

    @Test
    void saysHowManyPagesAreMerged() throws IOException {
        merge(10);
        assertThat(ksm().write(Knob.MAX_PAGE_SHARING, 255))
                .isEqualTo(new WriteResult.Refused(
                        Knob.MAX_PAGE_SHARING,
                        255,
                        Errno.EBUSY,
                        "10 merged pages are in use (pages_shared), and it can only change while there are none"));
    }

    @Test
    void keepsMergedPagesWhenStopped() throws IOException {
        merge(10);
        files().write("run", "0");
        assertThat(files().read("pages_sharing")).isEqualTo("10");
    }

    @Test
    void unmergesEverythingWithRun2AndForgetsTheLaps() throws IOException {
        merge(10);
        files().write("run", "2");
        assertThat(files().read("run")).isEqualTo("2");
        assertThat(files().read("pages_shared")).isEqualTo("0");
        assertThat(files().read("pages_sharing")).isEqualTo("0");
        assertThat(files().read("full_scans")).isEqualTo("0");
    }

    @Test
    void takesANewMaxPageSharingOnceUnmerged() throws IOException {
        merge(10);
        files().write("run", "2");
        assertThat(ksm().write(Knob.MAX_PAGE_SHARING, 255))
                .isEqualTo(new WriteResult.Written(Knob.MAX_PAGE_SHARING, 255));
    }

    @Test
    void hasAProfitOf64BytesLessForEachPageLookedAt() throws IOException {
        merge(10);
        assertThat(ksm().counters().profitBytes(pageSizeBytes())).isEqualTo(10 * pageSizeBytes() - 20 * 64);
    }

    @Test
    void countsTheSameProfitWhereTheKernelDoesNot() throws IOException {
        merge(10);
        Map<Counter, Long> counters = new EnumMap<>(ksm().counters().values());
        counters.remove(Counter.GENERAL_PROFIT);
        assertThat(new Counters(counters).profitBytes(pageSizeBytes())).isEqualTo(10 * pageSizeBytes() - 20 * 64);
    }

    private void assumeAdvisor() {
        assumeTrue(files().exists("advisor_mode"), "this kernel has no advisor");
    }

    private Errno refusal(String file, String text) {
        return Errno.of(catchThrowableOfType(IOException.class, () -> files().write(file, text)));
    }
}
