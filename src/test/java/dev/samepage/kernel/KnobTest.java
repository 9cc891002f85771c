package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnobTest {
    @ParameterizedTest
    @CsvSource({"[none] scan-time, 0", "none [scan-time], 1", "[none] scan-time later, 0", "none, 0", "scan-time, 1"})
    void readsTheAdvisorsModeFromItsBrackets(String text, long value) {
        assertThat(Knob.ADVISOR_MODE.parse(text)).hasValue(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "]none[", "none scan-time", "none scan-time [later]", "0"})
    void doesNotGuessAnUnknownMode(String text) {
        assertThat(Knob.ADVISOR_MODE.parse(text)).isEmpty();
    }

    @Test
    void writesTheAdvisorsModeAsAWord() {
        assertThat(Knob.ADVISOR_MODE.text(0)).isEqualTo("none");
        assertThat(Knob.ADVISOR_MODE.text(1)).isEqualTo("scan-time");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "-1", "+1", "1 ", "0x1", "1e3", "١", "9223372036854775808", "99999999999999999999"})
    void readsNothingButPlainNumbers(String text) {
        assertThat(Knob.PAGES_TO_SCAN.parse(text)).isEmpty();
    }

    @Test
    void readsTheLargestNumber() {
        assertThat(Knob.ADVISOR_MAX_PAGES_TO_SCAN.parse("9223372036854775807")).hasValue(Long.MAX_VALUE);
    }

    @Test
    void readsRunAsItIsWhileMemoryIsTakenOffline() {
        assertThat(Knob.RUN.parse("5")).hasValue(5);
    }
}
