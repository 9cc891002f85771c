package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostReadingTest {
    @Test
    void aHostThatIsShortOfMemoryHasATenthLeft() {
        assertThat(HostReading.shortOfMemory(20L << 30))
                .isEqualTo(new HostReading(20_971_520, 2_097_152, 2_097_152, 18_874_368));
    }
}
