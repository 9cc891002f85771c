package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryStatusTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1023, 0",
        "1024, 1Ki",
        "832511, 812Ki",
        "1048575, 1023Ki",
        "1048576, 1Mi",
        "580911103, 553Mi",
        "580911104, 554Mi",
        "1288490188, 1228Mi",
        "1125899906842624, 1073741824Mi",
        "-1, -1Ki",
        "-65536, -64Ki",
        "-1048577, -2Mi",
    })
    void theShortFormIsRoundedDown(long bytes, String shortForm) {
        assertThat(MemoryStatus.of(bytes, bytes, null, null))
                .isEqualTo(new MemoryStatus(shortForm, bytes, shortForm, bytes, null, null));
    }
}
