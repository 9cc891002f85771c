package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdealTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int PAGE = 4096;
    private static final Duration NOW = Duration.ZERO;

    @Test
    void allButOneOfTheCommonPartsAndAllButOnePageOfZerosCanBeSaved() {
        var ideal = new Ideal.OfKnownContent(GuestMemory.of(80, 60).withZero(20).withRewritten(16), PAGE);

        assertThat(ideal.bytesAt(NOW, 10)).isEqualTo(920 * MEBIBYTE - PAGE);
        assertThat(ideal.bytesAt(NOW, 14)).isEqualTo(1320 * MEBIBYTE - PAGE);
    }

    @Test
    void oneGuestCanSaveItsOwnZeros() {
        assertThat(new Ideal.OfKnownContent(GuestMemory.of(80, 60).withZero(20), PAGE).bytesAt(NOW, 1))
                .isEqualTo(20 * MEBIBYTE - PAGE);
    }

    @Test
    void nothingCanBeSavedWhereEverythingIsUnique() {
        assertThat(new Ideal.OfKnownContent(GuestMemory.of(0, 170), PAGE).bytesAt(NOW, 10))
                .isZero();
    }

    @Test
    void nothingCanBeSavedWithoutGuests() {
        assertThat(new Ideal.OfKnownContent(GuestMemory.of(80, 60).withZero(20), PAGE).bytesAt(NOW, 0))
                .isZero();
    }

    @Test
    void whatWasHashedTwiceHasChangedEvenlyBetween() {
        var ideal = new Ideal.OfHashes(1000, 1100, Duration.ofSeconds(60));

        assertThat(ideal.bytesAt(Duration.ZERO, 10)).isEqualTo(1000);
        assertThat(ideal.bytesAt(Duration.ofSeconds(15), 10)).isEqualTo(1025);
        assertThat(ideal.bytesAt(Duration.ofSeconds(61), 10)).isEqualTo(1100);
    }
}
