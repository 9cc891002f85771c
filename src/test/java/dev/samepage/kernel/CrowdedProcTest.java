package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A /proc of 30,000 processes, the last of which is a guest. What it costs is counted in files that are opened. */
class CrowdedProcTest {
    private static final int FIRST = 1000;
    private static final int GUEST = FIRST + 30_000 - 1;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    private final CountedFiles files = new CountedFiles();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Guests guests = new Guests(files, () -> now, Duration.ofMinutes(1));

    /** The directories are there; what is in them is made up when it is opened. */
    private static final class CountedFiles extends ProcFiles {
        private int opened;

        CountedFiles() {
            super(directory);
        }

        @Override
        byte[] bytes(String file) throws IOException {
            opened++;
            String text = switch (file) {
                case "uptime" -> "10000.50 1234.56\n";
                case GUEST + "/ksm_stat" -> "ksm_rmap_items 7\n";
                default -> {
                    if (!file.endsWith("/stat")) {
                        throw new NoSuchFileException(file);
                    }
                    yield "1 (bash) S 1 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 50000 0 0\n";
                }
            };
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    @BeforeAll
    static void fill() throws IOException {
        for (int pid = FIRST; pid <= GUEST; pid++) {
            Files.createDirectory(directory.resolve(Integer.toString(pid)));
        }
    }

    @Test
    void noScanLooksAtMoreThanAFewThousand() {
        for (int scans = 0; scans < 8; scans++) {
            // stat, ksm_stat and cmdline of each, and uptime
            assertThat(openedByAScan()).isLessThanOrEqualTo(3 * 4096 + 1);
        }
    }

    @Test
    void theGuestIsFoundAfterEightScans() {
        for (int scans = 0; scans < 7; scans++) {
            guests.scan();
        }

        assertThat(guests.scan()).containsExactly(new Guest(GUEST, "bash", 50_000));
    }

    @Test
    void itIsNotSureThatGuestsAreGoneBeforeEverybodyWasLookedAt() {
        guests.scan();

        assertThat(guests.areGone()).isFalse();
    }

    @Test
    void whereEverybodyIsLookedAtAnewTheGuestIsFoundAtOnce() {
        assertThat(guests.scanAnew()).hasSize(1);
    }

    @Test
    void aScanOfWhatIsKnownOpensTheGuestsFilesOnly() {
        for (int scans = 0; scans < 8; scans++) {
            guests.scan();
        }
        now = now.plusSeconds(5);

        // uptime, and the guest's stat and ksm_stat
        assertThat(openedByAScan()).isEqualTo(3);
        assertThat(openedByAScan()).isZero();
    }

    @Test
    void afterFiveMinutesAFewOthersAreLookedAtAgain() {
        for (int scans = 0; scans < 8; scans++) {
            guests.scan();
        }
        now = now.plus(Duration.ofMinutes(5));

        // and stat, ksm_stat and cmdline of 32 others
        assertThat(openedByAScan()).isEqualTo(3 + 3 * 32);
    }

    private int openedByAScan() {
        files.opened = 0;
        guests.scan();
        return files.opened;
    }
}
