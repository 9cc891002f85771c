package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveSettingsTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 0", "100, 9223372036854775807, 9223372036854775807, 100"})
    void theBoundsThemselvesAreTaken(int maxCpuPercent, long floor, long rest, int below) {
        assertThatNoException().isThrownBy(() -> new AdaptiveSettings(maxCpuPercent, floor, rest, true, below));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
              0 | 1 | 1 |   0 | maxCpuPercent must be 1 to 100, and is 0
            101 | 1 | 1 |   0 | maxCpuPercent must be 1 to 100, and is 101
              1 | 0 | 1 |   0 | minSavedBytesPerCpuSecond must be positive, and is 0
              1 | 1 | 0 |   0 | maxRestSeconds must be positive, and is 0
              1 | 1 | 1 |  -1 | memoryAvailableBelowPercent must be 0 to 100, and is -1
              1 | 1 | 1 | 101 | memoryAvailableBelowPercent must be 0 to 100, and is 101
            """)
    void whatIsOutOfBoundsIsRefusedByName(int maxCpuPercent, long floor, long rest, int below, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdaptiveSettings(maxCpuPercent, floor, rest, false, below))
                .withMessage(message);
    }

    @Test
    void whereAPolicySaysNothingTheDocumentedBoundsHold() {
        assertThat(AdaptiveSettings.defaults()).isEqualTo(new AdaptiveSettings(70, 67_108_864, 1800, false, 20));
    }
}
