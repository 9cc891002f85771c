package dev.samepage.testbed.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealKsm
class GuestFleetKernelTest {
    private static final Path KSM = Path.of("/sys/kernel/mm/ksm");
    private static final long PAGE_BYTES = new HostProc(Path.of("/proc")).pageSizeBytes();
    private static final long MEBIBYTE = 1 << 20;
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(3);

    @BeforeEach
    void ksmdWorksHard() throws IOException {
        Files.writeString(KSM.resolve("pages_to_scan"), "20000");
        Files.writeString(KSM.resolve("run"), "1");
    }

    @Test
    void tenGuestsSaveNineCopiesOfWhatTheyHaveInCommon() {
        var memory = GuestMemory.of(20, 5).withRewritten(1);
        try (var fleet = GuestFleet.start(10, new ProcessGuest(memory)).awaitReady()) {
            assertThat(fleet.pids()).hasSize(10);
            assertThat(fleet.readyPids()).isEqualTo(fleet.pids());
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(savedBytes()).isGreaterThanOrEqualTo(9 * 20 * MEBIBYTE));
            assertThat(fleet.trueSavedBytes()).isCloseTo(9 * 20 * MEBIBYTE, Percentage.withPercentage(1));
        }
    }

    @Test
    void guestsThatComeLaterJoin() {
        try (var fleet = GuestFleet.start(2, new ProcessGuest(GuestMemory.of(4, 0)))) {
            fleet.awaitReady();
            fleet.add(2);
            fleet.awaitReady();

            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(savedBytes()).isGreaterThanOrEqualTo(3 * 4 * MEBIBYTE));
        }
    }

    @Test
    void pagesOfZerosMergeWithEachOther() {
        var memory = GuestMemory.of(0, 1).withZero(4).withoutHugePages();
        try (var fleet = GuestFleet.start(2, new ProcessGuest(memory)).awaitReady()) {
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(fleet.trueSavedBytes()).isGreaterThan(7 * MEBIBYTE));
        }
    }

    @Test
    void theTruthIsKnownWhileTheCountersOverstate() throws IOException {
        try (var fleet =
                GuestFleet.start(3, new ProcessGuest(GuestMemory.of(8, 0))).awaitReady()) {
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(savedBytes()).isGreaterThanOrEqualTo(2 * 8 * MEBIBYTE));
            Files.writeString(KSM.resolve("run"), "0");

            fleet.stop(fleet.pids().getFirst());

            assertThat(savedBytes()).isGreaterThanOrEqualTo(16 * MEBIBYTE);
            assertThat(fleet.trueSavedBytes()).isCloseTo(8 * MEBIBYTE, Percentage.withPercentage(1));
        }
    }

    @Test
    void nothingIsLeftOfAFleetThatIsClosed() {
        List<Long> pids;
        try (var fleet = GuestFleet.start(2, new ProcessGuest(GuestMemory.of(1, 0)))) {
            pids = fleet.pids();
        }
        assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    }

    @Test
    void aGuestThatDoesNotBelongToTheFleetIsNotStopped() {
        try (var fleet = GuestFleet.start(0, new ProcessGuest(GuestMemory.of(1, 0)))) {
            assertThatThrownBy(() -> fleet.stop(1)).hasMessage("1 is not a guest of this fleet");
        }
    }

    @Test
    void virtualMachinesMerge() {
        try (var fleet = GuestFleet.start(2, qemu()).awaitReady()) {
            await().atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(fleet.trueSavedBytes()).isGreaterThan(40 * MEBIBYTE));
        }
    }

    private static QemuGuest qemu() {
        try {
            return QemuGuest.find(256);
        } catch (UnavailableException e) {
            System.err.printf("%n*** virtualMachinesMerge WAS NOT RUN: %s%n%n", e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }

    private static long savedBytes() throws IOException {
        return Long.parseLong(Files.readString(KSM.resolve("pages_sharing")).strip()) * PAGE_BYTES;
    }
}
