package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestsTest {
    /** Seconds since boot when the tests begin. */
    private static final long UPTIME = 10_000;

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private FakeProc proc;
    private Guests guests;

    @BeforeEach
    void create() {
        proc = new FakeProc(directory);
        proc.uptime(UPTIME);
        guests = new Guests(directory, () -> now);
    }

    @ParameterizedTest
    @CsvSource({"1, no, no", "0, yes, no", "0, no, yes"})
    void findsAProcessThatTheKernelCallsMergeable(long rmapItems, String mergeAny, String mergeable) {
        proc.process(100, "memhog", 500);
        proc.ksmStat(100, rmapItems, mergeAny, mergeable);
        assertThat(guests.scan()).containsExactly(new Guest(100, "memhog", 50_000));
    }

    @Test
    void findsNothingMergeableInAnOrdinaryProcess() {
        proc.process(100, "bash", 500);
        proc.ksmStat(100, 0, "no", "no");
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void believesTheKernelOverQemusName() {
        qemu(100, "vm");
        proc.ksmStat(100, 0, "no", "no");
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void callsAGuestByQemusName() {
        qemu(100, "default_web-1");
        proc.ksmStat(100, 7, "no", "yes");
        assertThat(guests.scan()).containsExactly(new Guest(100, "default_web-1", 50_000));
    }

    @Test
    void findsQemuByItsNameWhereTheKernelHasNoKsmStat() {
        qemu(100, "vm");
        proc.process(101, "bash", 500);
        proc.commandLine(101, "bash", "-name", "guest=trap");
        assertThat(guests.scan()).containsExactly(new Guest(100, "vm", 50_000));
    }

    @Test
    void findsQemuByItsNameWhereKsmStatCannotTellBeforeTheFirstLap() {
        qemu(100, "vm");
        proc.file("100/ksm_stat", "ksm_rmap_items 0\nksm_merging_pages 0\nksm_process_profit 0\n");
        assertThat(guests.scan()).hasSize(1);
    }

    @Test
    void ignoresKernelThreads() {
        proc.kernelThreads();
        proc.ksmStat(37, 5, "yes", "yes");
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void forgetsAGuestThatIsGone() {
        qemu(100, "vm");
        assertThat(guests.scan()).hasSize(1);
        proc.end(100);
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void isSureThatGuestsAreGoneWhereEverybodyWasLookedAt() {
        proc.kernelThreads();
        proc.process(100, "bash", 500);
        proc.ksmStat(100, 0, "no", "no");
        guests.scan();
        assertThat(guests.areGone()).isTrue();
    }

    @Test
    void isNotSureThatGuestsAreGoneWhereOneIsThere() {
        proc.kernelThreads();
        qemu(100, "vm");
        guests.scan();
        assertThat(guests.areGone()).isFalse();
    }

    @Test
    void isNotSureThatGuestsAreGoneInAContainersOwnProc() {
        proc.process(1, "samepage", 500);
        proc.ksmStat(1, 0, "no", "no");
        guests.scan();
        assertThat(guests.areGone()).isFalse();
    }

    @Test
    void isNotSureThatGuestsAreGoneWhereTheKernelDoesNotTellWhatAProcessHasMerged() {
        proc.kernelThreads();
        proc.process(100, "hypervisor", 500);
        guests.scan();
        assertThat(guests.areGone()).isFalse();
    }

    @Test
    void isSureThatGuestsAreGoneAlsoWhereAProcessEndsAsItIsLookedAt() {
        proc.kernelThreads();
        ProcFiles listedBefore = new ProcFiles(directory) {
            @Override
            SortedSet<Integer> pids() throws IOException {
                SortedSet<Integer> pids = super.pids();
                pids.add(100);
                return pids;
            }
        };
        Guests found = new Guests(listedBefore, () -> now, Lookout.PATIENCE);
        found.scan();
        assertThat(found.areGone()).isTrue();
    }

    @Test
    void isNotSureThatGuestsAreGoneWhereOneProcessCouldNotBeLookedAt() {
        proc.kernelThreads();
        proc.file("100/comm", "qemu\n");
        guests.scan();
        assertThat(guests.areGone()).isFalse();
    }

    @Test
    void findsAnewWhoOffersMemoryOnlyAfterItsFirstMinute() {
        proc.process(100, "late", 500);
        proc.ksmStat(100, 0, "no", "no");
        guests.scan();
        proc.ksmStat(100, 10, "no", "yes");
        assertThat(guests.scan()).isEmpty();
        assertThat(guests.scanAnew()).hasSize(1);
    }

    @Test
    void knowsAnotherGuestByItsStartWhereTheIdComesBack() {
        qemu(100, "old");
        guests.scan();
        proc.process(100, "qemu-system-x86", 9_999);
        proc.commandLine(100, "qemu-system-x86_64", "-name", "new");
        now = now.plusSeconds(5);
        assertThat(guests.scan()).containsExactly(new Guest(100, "new", 999_900));
    }

    @Test
    void noticesThatMemoryIsNoLongerMergeable() {
        proc.process(100, "memhog", 500);
        proc.ksmStat(100, 10, "no", "yes");
        guests.scan();
        proc.ksmStat(100, 0, "no", "no");
        now = now.plusSeconds(4);
        assertThat(guests.scan()).hasSize(1);
        now = now.plusSeconds(1);
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void looksAgainAtOnceWhereTheClockIsSetBack() {
        proc.process(100, "memhog", 500);
        proc.ksmStat(100, 10, "no", "yes");
        proc.process(101, "late", 500);
        proc.ksmStat(101, 0, "no", "no");
        guests.scan();
        now = now.minus(Duration.ofHours(1));
        proc.ksmStat(100, 0, "no", "no");
        proc.ksmStat(101, 0, "no", "yes");
        assertThat(guests.scan()).containsExactly(new Guest(101, "late", 50_000));
    }

    @Test
    void looksAgainDuringTheFirstMinuteOfAProcess() {
        proc.process(100, "memhog", UPTIME - 1);
        proc.ksmStat(100, 0, "no", "no");
        guests.scan();
        now = now.plusSeconds(58);
        proc.ksmStat(100, 0, "no", "yes");
        assertThat(guests.scan()).hasSize(1);
    }

    @Test
    void looksAtAnOlderProcessOnlyEveryFiveMinutes() {
        proc.process(100, "memhog", UPTIME - 61);
        proc.ksmStat(100, 0, "no", "no");
        guests.scan();
        proc.ksmStat(100, 0, "no", "yes");
        now = now.plus(Duration.ofSeconds(299));
        assertThat(guests.scan()).isEmpty();
        now = now.plus(Duration.ofSeconds(1));
        assertThat(guests.scan()).hasSize(1);
    }

    @Test
    void looksAtNoMoreThan32OlderProcessesAtOnce() {
        IntStream.range(100, 200).forEach(pid -> {
            proc.process(pid, "memhog", 500);
            proc.ksmStat(pid, 0, "no", "no");
        });
        guests.scan();
        IntStream.range(100, 200).forEach(pid -> proc.ksmStat(pid, 0, "no", "yes"));
        now = now.plus(Duration.ofMinutes(5));
        assertThat(guests.scan()).hasSize(32);
        assertThat(guests.scan()).hasSize(64);
        assertThat(guests.scan()).hasSize(96);
        assertThat(guests.scan()).hasSize(100);
    }

    @Test
    void takesEachProcessForYoungWhereTheUptimeIsUnknown() {
        proc.file("uptime", "no idea");
        proc.process(100, "memhog", 500);
        proc.ksmStat(100, 0, "no", "no");
        guests.scan();
        now = now.plusSeconds(59);
        proc.ksmStat(100, 0, "no", "yes");
        assertThat(guests.scan()).hasSize(1);
    }

    @Test
    void cleansAndBoundsTheName() {
        proc.process(100, "evil) S 1 (\u001b[2J\u202e\n", 500);
        proc.ksmStat(100, 1, "no", "no");
        qemu(101, "x".repeat(10_000));
        proc.ksmStat(101, 1, "no", "no");
        assertThat(guests.scan()).extracting(Guest::name).containsExactly("evil) S 1 ([2J", "x".repeat(128));
    }

    @Test
    void keepsANameInAnyLanguage() {
        proc.process(100, "größe-虚拟", 500);
        proc.ksmStat(100, 1, "no", "no");
        assertThat(guests.scan()).extracting(Guest::name).containsExactly("größe-虚拟");
    }

    @Test
    void aNameThatIsNotUtf8LosesWhatIsNot() {
        proc.bytes(
                "100/stat",
                "100 (b\u00ff\u00fead) S 1 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 50000 0 0\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
        proc.ksmStat(100, 1, "no", "no");
        assertThat(guests.scan()).containsExactly(new Guest(100, "bad", 50_000));
    }

    @Test
    void survivesNoise() {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        proc.process(100, "memhog", 500);
        proc.bytes("100/ksm_stat", noise);
        proc.bytes("100/cmdline", noise);
        proc.bytes("101/stat", noise);
        proc.bytes("uptime", noise);
        proc.file("99999999999999999999/stat", "");
        proc.file("4294967297/stat", "");
        assertThat(guests.scan()).isEmpty();
    }

    @Test
    void isEmptyWithoutAProc() {
        assertThat(new Guests(directory.resolve("none"), () -> now).scan()).isEmpty();
    }

    private void qemu(int pid, String name) {
        proc.process(pid, "qemu-system-x86", 500);
        proc.commandLine(
                pid, "/usr/bin/qemu-system-x86_64", "-name", "guest=" + name + ",debug-threads=on", "-m", "512");
    }
}
