package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void aLineIsOneLine() {
        assertThat(Text.line("refused\nAug 01 forged: line\r\n\u0085\u2028")).isEqualTo("refused Aug 01 forged: line");
    }

    @Test
    void aLineCannotSpeakToTheTerminal() {
        assertThat(Text.line("\u001b[2J\u009b31m\u202egnp.exe\u0007")).isEqualTo("[2J31mgnp.exe");
    }

    @Test
    void aLineIsFiveHundredCharactersLongAtMost() {
        assertThat(Text.line("é".repeat(1_500_000))).isEqualTo("é".repeat(500));
    }

    @Test
    void aNumberBeyondALongIsNone() {
        assertThat(Text.unsigned("9223372036854775807")).hasValue(Long.MAX_VALUE);
        assertThat(Text.unsigned("9223372036854775808")).isEmpty();
        assertThat(Text.unsigned("9".repeat(4096))).isEmpty();
        assertThat(Text.signed("-9223372036854775808")).isEmpty();
    }

    @Test
    void otherDigitsAreNoNumber() {
        assertThat(Text.unsigned("\u0661\u0662")).isEmpty();
        assertThat(Text.unsigned("1 2")).isEmpty();
        assertThat(Text.unsigned("+1")).isEmpty();
    }
}
