package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A /proc that changes while it is read, or that does not answer. */
class HostileProcTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private FakeProc proc;

    @BeforeEach
    void create() {
        proc = new FakeProc(directory);
        proc.uptime(10_000);
    }

    @Test
    void aProcessThatEndsWhileItIsLookedAtIsNoGuest() {
        proc.process(100, "memhog", 500);
        proc.ksmStat(100, 7, "no", "yes");
        ProcFiles files = new ProcFiles(directory) {
            @Override
            byte[] bytes(String file) throws IOException {
                if (file.equals("100/ksm_stat")) {
                    throw new NoSuchFileException(file);
                }
                return super.bytes(file);
            }
        };

        assertThat(new Guests(files, () -> now, SOON).scan()).isEmpty();
    }

    @Test
    void aProcessThatDoesNotAnswerKeepsNobodyElseFromBeingFound() {
        hangingQemu(100);
        guest(101, "memhog");
        Guests guests = new Guests(new ProcFiles(directory), () -> now, Duration.ofMillis(200));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(guests.scan()).containsExactly(new Guest(101, "memhog", 50_000)));
        proc.answer("100/cmdline");
    }

    @Test
    void aProcessIsLookedAtAgainOnceItAnswers() {
        hangingQemu(100);
        Guests guests = new Guests(new ProcFiles(directory), () -> now, Duration.ofMillis(200));
        assertThat(guests.scan()).isEmpty();

        proc.answer("100/cmdline");
        proc.commandLine(100, "qemu-system-x86_64", "-name", "slow");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(guests.scan()).containsExactly(new Guest(100, "slow", 50_000)));
    }

    @Test
    void aGuestThatStopsToAnswerStaysAGuest() throws IOException {
        guest(100, "memhog");
        Guests guests = new Guests(new ProcFiles(directory), () -> now, Duration.ofMillis(200));
        await().atMost(SOON).until(() -> guests.scan().size() == 1);
        Files.delete(directory.resolve("100/ksm_stat"));
        proc.hang("100/ksm_stat");

        now = now.plusSeconds(5);
        assertThat(guests.scan()).hasSize(1);
        assertThat(guests.scan()).hasSize(1);
        proc.answer("100/ksm_stat");
    }

    @Test
    void noMoreThanFourThreadsHang() {
        for (int pid = 100; pid < 110; pid++) {
            hangingQemu(pid);
        }
        Guests guests = new Guests(new ProcFiles(directory), () -> now, Duration.ofMillis(200));

        for (int scans = 0; scans < 10; scans++) {
            guests.scan();
        }

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("commandLine")))
                .hasSize(4);
        for (int pid = 100; pid < 110; pid++) {
            proc.answer(pid + "/cmdline");
        }
    }

    private void guest(int pid, String name) {
        proc.process(pid, name, 500);
        proc.ksmStat(pid, 7, "no", "yes");
    }

    /** On a kernel without ksm_stat, with a command line that nobody gives. */
    private void hangingQemu(int pid) {
        proc.process(pid, "qemu-system-x86", 500);
        proc.hang(pid + "/cmdline");
    }
}
