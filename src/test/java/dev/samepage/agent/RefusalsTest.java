package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.WriteResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was tried, on what, what came back, and what happens next. */
class RefusalsTest {
    private final FakeKsm files = FakeKsm.linux618();

    @Test
    void namesTheAdvisorThatBlocksPagesToScan() {
        files.with(Knob.ADVISOR_MODE, 1);

        assertThat(refusal(Knob.PAGES_TO_SCAN, 20_000))
                .isEqualTo("pages_to_scan=20000 refused on worker-3: EINVAL, the kernel's advisor is on"
                        + " (advisor_mode=scan-time). Set mode: KernelAdvisor, or find and stop the other program that"
                        + " turns the advisor on.");
    }

    @Test
    void saysHowToChangeWhatNeedsNothingMerged() {
        files.merge(12);

        assertThat(refusal(Knob.MERGE_ACROSS_NODES, 0))
                .isEqualTo("merge_across_nodes=0 refused on worker-3: EBUSY, 12 merged pages are in use (pages_shared),"
                        + " and it can only change while there are none. It is set once a policy for this node has"
                        + " unmerge.allowed: true, or once its guests are gone.");
    }

    @Test
    void saysOnceHowToMountTheDirectory() {
        files.refuse(Knob.RUN, Errno.EROFS);

        assertThat(refusal(Knob.RUN, 1))
                .isEqualTo("run=1 refused on worker-3: EROFS, it is mounted read-only: in a container, mount the host's"
                        + " /sys/kernel/mm/ksm outside /sys. It is tried again, with growing pauses.");
    }

    @Test
    void saysOnceWhatItTakesToWrite() {
        files.refuse(Knob.RUN, Errno.EACCES);

        assertThat(refusal(Knob.RUN, 1))
                .isEqualTo("run=1 refused on worker-3: EACCES, this process may not: it takes uid 0 of the host, and no"
                        + " AppArmor or SELinux profile against it. It is tried again, with growing pauses.");
    }

    @Test
    void writesTheAdvisorsModeAsAWord() {
        files.refuse(Knob.ADVISOR_MODE, Errno.ENOMEM);

        assertThat(refusal(Knob.ADVISOR_MODE, 1))
                .isEqualTo(
                        "advisor_mode=scan-time refused on worker-3: ENOMEM, the kernel had no memory to do it. It is"
                                + " tried again, with growing pauses.");
    }

    @Test
    void namesTheOtherWriter() {
        files.forget(Knob.SLEEP_MILLISECS);

        assertThat(refusal(Knob.SLEEP_MILLISECS, 50))
                .isEqualTo("sleep_millisecs=50 refused on worker-3: it was accepted, but reads back as \"20\". Find and"
                        + " stop the other program that tunes KSM here.");
    }

    @Test
    void saysThatAValueOutOfRangeWasNotWritten() {
        assertThat(refusal(Knob.MAX_PAGE_SHARING, 1))
                .isEqualTo(
                        "max_page_sharing=1 refused on worker-3: it must be from 2 to 2147483647. Nothing was written.");
    }

    @Test
    void saysThatABusyLoopWasNotWritten() {
        files.with(Knob.SLEEP_MILLISECS, 0);

        assertThat(refusal(Knob.PAGES_TO_SCAN, 0))
                .isEqualTo(
                        "pages_to_scan=0 refused on worker-3: pages_to_scan=0 with sleep_millisecs=0 is a busy loop of"
                                + " the kernel. Nothing was written.");
    }

    @Test
    void saysThatAMissingKnobWasNotWritten() {
        files.without(Knob.SMART_SCAN);

        assertThat(refusal(Knob.SMART_SCAN, 1))
                .isEqualTo("smart_scan=1 refused on worker-3: this kernel has no smart_scan. Nothing was written.");
    }

    @Test
    void waitsForMemoryThatIsTakenOffline() {
        files.with(Knob.RUN, 5);

        assertThat(refusal(Knob.RUN, 0))
                .isEqualTo("run=0 refused on worker-3: the kernel is taking memory offline. It is tried again, with"
                        + " growing pauses.");
    }

    @ParameterizedTest
    @EnumSource
    void everyErrnoMakesWholeSentencesOfOneMessage(Errno errno) {
        for (Knob knob : Knob.values()) {
            String message =
                    Refusals.describe(new WriteResult.Refused(knob, knob.max(), errno, "it is so"), "worker-3");

            assertThat(message)
                    .startsWith(knob.file() + "=")
                    .contains(" refused on worker-3: ")
                    .endsWith(".")
                    .doesNotContain("..")
                    .hasSizeLessThanOrEqualTo(256);
        }
    }

    @Test
    void saysWhyUnmergingDidNotEnd() {
        assertThat(Refusals.describe(new UnmergeResult.Killed(9), "worker-3"))
                .isEqualTo(
                        "Un-merging did not end on worker-3: the process that did it was killed by signal 9, as happens"
                                + " when memory runs out. It goes on at the next try.");
    }

    @Test
    void saysThatSomebodyMergesAgain() {
        assertThat(Refusals.describe(new UnmergeResult.StillMerged(7, 3), "worker-3"))
                .isEqualTo(
                        "Un-merging did not end on worker-3: it was done, but 7 pages (pages_shared) and 3 zero pages"
                                + " (ksm_zero_pages) are merged. Find and stop the other program that tunes KSM here. Where"
                                + " there is none and only zero pages are left, the kernel has miscounted them, as it could"
                                + " before Linux 6.10, and nothing is to be done.");
    }

    @Test
    void tellsWhatIsShortAndWhatToDo() {
        assertThat(Refusals.describe(
                        new UnmergeResult.TooLittle(
                                "needed 1025 MiB, available 2048 MiB, reserve 1024 MiB: 1 MiB short",
                                "Move a guest away, free memory, or lower unmerge.reservePercent."),
                        "worker-3"))
                .isEqualTo("Un-merging refused: needed 1025 MiB, available 2048 MiB, reserve 1024 MiB: 1 MiB short."
                        + " Move a guest away, free memory, or lower unmerge.reservePercent.");
    }

    @Test
    void tellsHowOftenItWasTriedBeforeItWasGivenUp() {
        assertThat(Refusals.describe(
                        new UnmergeResult.GivenUp(
                                5,
                                Duration.ofSeconds(40),
                                1034L << 20,
                                new UnmergeResult.Stopped(
                                        "available memory fell to 410 MiB, under the reserve of 512 MiB")),
                        "worker-3"))
                .isEqualTo(
                        "Un-merging given up on worker-3: 5 tries in 40 s left 1034 MiB merged; the last: available memory"
                                + " fell to 410 MiB, under the reserve of 512 MiB. Free memory or move a guest away.");
    }

    @Test
    void saysHowToUnmergeMoreThanIsDoneInTime() {
        assertThat(Refusals.describe(
                        new UnmergeResult.GivenUp(
                                1,
                                Duration.ofMinutes(10),
                                1034L << 20,
                                new UnmergeResult.Stopped("it was not done within 10 minutes")),
                        "worker-3"))
                .isEqualTo(
                        "Un-merging given up on worker-3: 1 try in 600 s left 1034 MiB merged; the last: it was not done"
                                + " within 10 minutes. Set mode: Unmerged until it is done: ksmd stands still between the tries"
                                + " then, and each goes on where the last has stopped.");
    }

    private String refusal(Knob knob, long value) {
        WriteResult result = new Ksm(files).write(knob, value);
        assertThat(result).isInstanceOf(WriteResult.Failed.class);
        return Refusals.describe((WriteResult.Failed) result, "worker-3");
    }
}
