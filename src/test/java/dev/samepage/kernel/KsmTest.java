package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KsmTest {
    private final FakeKsm fake = FakeKsm.linux618();
    private final Ksm ksm = new Ksm(fake);

    @Test
    void readsEveryKnobInTheKernelsTerms() throws IOException {
        assertThat(ksm.read())
                .hasSize(13)
                .containsEntry(Knob.RUN, 0L)
                .containsEntry(Knob.PAGES_TO_SCAN, 100L)
                .containsEntry(Knob.ADVISOR_MODE, 0L)
                .containsEntry(Knob.ADVISOR_MAX_PAGES_TO_SCAN, 30_000L);
    }

    @Test
    void readsOnlyTheCountersThatAreThere() throws IOException {
        assertThat(new Ksm(FakeKsm.linux61()).counters().values())
                .containsOnlyKeys(
                        Counter.PAGES_SHARED,
                        Counter.PAGES_SHARING,
                        Counter.PAGES_UNSHARED,
                        Counter.PAGES_VOLATILE,
                        Counter.FULL_SCANS,
                        Counter.STABLE_NODE_CHAINS,
                        Counter.STABLE_NODE_DUPS);
    }

    @Test
    void readsALossAsANegativeProfit() throws IOException {
        fake.with(Counter.GENERAL_PROFIT, -4096);
        assertThat(ksm.counters().get(Counter.GENERAL_PROFIT)).hasValue(-4096);
    }

    @Test
    void leavesOutACounterThatCannotBeNegative() throws IOException {
        fake.with(Counter.PAGES_SHARING, -1);
        assertThat(ksm.counters().get(Counter.PAGES_SHARING)).isEmpty();
    }

    @Test
    void takesAKnobItDoesNotUnderstandForMissing() throws IOException {
        fake.text("advisor_mode", "none scan-time [later]");
        assertThat(ksm.knobs()).hasSize(12).doesNotContain(Knob.ADVISOR_MODE);
        assertThat(ksm.read()).doesNotContainKey(Knob.ADVISOR_MODE);
    }

    @Test
    void readsRunAsItIsWhileMemoryIsTakenOffline() throws IOException {
        fake.with(Knob.RUN, 5);
        assertThat(ksm.read()).containsEntry(Knob.RUN, 5L);
    }

    @Test
    void writesNothingToAKnobThatIsNotThere() {
        fake.without(Knob.SMART_SCAN);
        assertThat(ksm.write(Knob.SMART_SCAN, 0)).isEqualTo(new WriteResult.Missing(Knob.SMART_SCAN, 0));
        assertThat(fake.writes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PAGES_TO_SCAN, -1", "PAGES_TO_SCAN, 4294967296", "MAX_PAGE_SHARING, 1", "MAX_PAGE_SHARING, 2147483648",
        "ADVISOR_MAX_CPU, 4294967297", "ADVISOR_MODE, 2", "RUN, 3", "ADVISOR_TARGET_SCAN_TIME, 0"
    })
    void writesNothingThatTheKernelWouldRefuseOrWrap(Knob knob, long value) {
        assertThat(ksm.write(knob, value)).isEqualTo(new WriteResult.OutOfRange(knob, value));
        assertThat(fake.writes()).isEmpty();
    }

    @Test
    void reportsAValueThatDidNotStay() {
        fake.forget(Knob.SLEEP_MILLISECS);
        assertThat(ksm.write(Knob.SLEEP_MILLISECS, 50))
                .isEqualTo(new WriteResult.NotKept(Knob.SLEEP_MILLISECS, 50, "20"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUN", "MERGE_ACROSS_NODES", "MAX_PAGE_SHARING"})
    void doesNotWaitUntilMemoryIsOffline(Knob knob) {
        fake.with(Knob.RUN, 4);
        assertThat(ksm.write(knob, knob.min())).isEqualTo(new WriteResult.Busy(knob, knob.min()));
        assertThat(fake.writes()).isEmpty();
    }

    @Test
    void writesTheOtherKnobsWhileMemoryIsTakenOffline() {
        fake.with(Knob.RUN, 4);
        assertThat(ksm.write(Knob.SMART_SCAN, 0)).isEqualTo(new WriteResult.Written(Knob.SMART_SCAN, 0));
    }

    @Test
    void leavesUnmergingToAnotherProcess() {
        assertThat(ksm.write(Knob.RUN, 2))
                .isEqualTo(new WriteResult.Unsafe(
                        Knob.RUN,
                        2,
                        "un-merging belongs in a child process, which the kernel may kill when memory runs out"));
        assertThat(fake.writes()).isEmpty();
    }

    @Test
    void scansNothingWhereThereIsASleep() {
        assertThat(ksm.write(Knob.PAGES_TO_SCAN, 0)).isEqualTo(new WriteResult.Written(Knob.PAGES_TO_SCAN, 0));
    }

    @Test
    void doesNotMakeTheKernelSpinByPagesToScan() {
        fake.with(Knob.SLEEP_MILLISECS, 0);
        assertSpins(Knob.PAGES_TO_SCAN, 0);
    }

    @Test
    void doesNotMakeTheKernelSpinBySleepMillisecs() {
        fake.with(Knob.PAGES_TO_SCAN, 0);
        assertSpins(Knob.SLEEP_MILLISECS, 0);
    }

    @Test
    void doesNotStartAKernelThatWouldSpin() {
        fake.with(Knob.PAGES_TO_SCAN, 0).with(Knob.SLEEP_MILLISECS, 0);
        assertSpins(Knob.RUN, 1);
    }

    @Test
    void doesNotLetTheAdvisorMakeTheKernelSpin() {
        fake.with(Knob.ADVISOR_MIN_PAGES_TO_SCAN, 0).with(Knob.SLEEP_MILLISECS, 0);
        assertSpins(Knob.ADVISOR_MODE, 1);
    }

    @Test
    void stopsAKernelThatSpins() {
        fake.with(Knob.PAGES_TO_SCAN, 0).with(Knob.SLEEP_MILLISECS, 0).with(Knob.RUN, 1);
        assertThat(ksm.write(Knob.RUN, 0)).isEqualTo(new WriteResult.Written(Knob.RUN, 0));
    }

    @Test
    void saysWhyInWordsThatGoOnAfterAColon() {
        fake.with(Knob.ADVISOR_MODE, 1);
        WriteResult result = ksm.write(Knob.PAGES_TO_SCAN, 20_000);
        assertThat(result)
                .isInstanceOfSatisfying(
                        WriteResult.Failed.class,
                        failed -> assertThat(failed.reason())
                                .isEqualTo("EINVAL, the kernel's advisor is on (advisor_mode=scan-time)"));
        assertThat(result.setting()).isEqualTo("pages_to_scan=20000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EACCES | /fake/ksm/run cannot be written: this process may not: it takes uid 0 of the host, and no AppArmor or SELinux profile against it.",
                "EROFS | /fake/ksm/run cannot be written: it is mounted read-only: in a container, mount the host's /sys/kernel/mm/ksm outside /sys.",
            })
    void saysWhyItCannotBeUsed(Errno errno, String sentence) {
        fake.refuse(Knob.RUN, errno);
        assertThat(ksm.unavailable()).hasValue(sentence);
    }

    @Test
    void saysThatThereIsNoKsm() {
        fake.withoutFiles();
        assertThat(ksm.unavailable())
                .hasValue(
                        "/fake/ksm has no file run: this kernel is built without KSM, or the host's directory is not mounted there.");
    }

    @Test
    void writesNothingToFindOutWhetherItCanBeUsed() {
        assertThat(ksm.unavailable()).isEmpty();
        assertThat(fake.writes()).isEmpty();
    }

    private void assertSpins(Knob knob, long value) {
        assertThat(ksm.write(knob, value))
                .isEqualTo(new WriteResult.Unsafe(
                        knob, value, "pages_to_scan=0 with sleep_millisecs=0 is a busy loop of the kernel"));
        assertThat(fake.writes()).isEmpty();
    }
}
