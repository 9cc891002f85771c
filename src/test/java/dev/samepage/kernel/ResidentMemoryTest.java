package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidentMemoryTest {
    private static final Guest GUEST = new Guest(100, "vm", 1);

    @TempDir
    Path directory;

    private FakeProc proc;
    private Guests guests;

    @BeforeEach
    void create() {
        proc = new FakeProc(directory);
        guests = new Guests(directory, () -> Instant.EPOCH);
    }

    private List<ResidentGuest> resident() {
        return guests.resident(List.of(GUEST), 4096);
    }

    @Test
    void readsPagesOfNoFileAndWhatKsmdHasLookedAt() {
        proc.file("100/statm", "50000 25600 3000 100 0 40000 0\n");
        proc.merged(100, 15, 2);
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 22600 * 4096, 17));
    }

    @Test
    void takesNothingForLookedAtOfAGuestOfWhichNothingIsMerged() {
        proc.file("100/statm", "50000 3001 3000 100 0 40000 0\n");
        proc.ksmStat(100, 17, "no", "yes");
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 4096, 0));
    }

    @Test
    void takesKsmdsWordWhereTheKernelDoesNotTellWhatIsMerged() {
        proc.file("100/statm", "50000 3001 3000 100 0 40000 0\n");
        proc.file("100/ksm_stat", "ksm_rmap_items 17\n");
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 4096, 17));
    }

    @Test
    void doesWithoutKsmStat() {
        proc.file("100/statm", "50000 3001 3000 100 0 40000 0\n");
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 4096, 0));
    }

    @Test
    void readsKsmStatOnlyOnceUntilItIsToldToForget() {
        proc.file("100/statm", "50000 3001 3000 100 0 40000 0\n");
        proc.merged(100, 15, 2);
        resident();
        proc.merged(100, 0, 18);
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 4096, 17));

        guests.forgetScanned();
        assertThat(resident()).containsExactly(new ResidentGuest(GUEST, 4096, 18));
    }

    @Test
    void leavesOutAGuestThatIsGone() {
        assertThat(resident()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1 2",
                "1 9 3",
                "1 x 3 0",
                "1 9 x 0",
                "1 -2 3 0",
                "1 9 -2 0",
                "1 99999999999999999999 3 0",
                "0 0 0 0 0 0 0",
                "1 3 9 0",
                "\0\0\0"
            })
    void leavesOutWhatMakesNoSense(String statm) {
        proc.file("100/statm", statm);
        assertThat(resident()).isEmpty();
    }

    @Test
    void doesNotOverflow() {
        proc.file("100/statm", "1 9223372036854775807 1 0\n");
        assertThat(resident().getFirst().residentBytes()).isEqualTo(4096L << 40);
    }
}
