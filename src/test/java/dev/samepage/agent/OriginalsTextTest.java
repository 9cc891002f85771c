package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.OriginalsText.Parsed;
import dev.samepage.kernel.Knob;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalsTextTest {
    private static final String TEXT = """
            # KSM settings as Samepage found them
            boot 0123
            run 0
            pages_to_scan 100
            advisor_mode none
            # end
            """;
    private static final Originals ORIGINALS =
            new Originals("0123", Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L, Knob.ADVISOR_MODE, 0L));

    @Test
    void writesALineForEachKnobInTheKernelsWords() {
        assertThat(OriginalsText.write(ORIGINALS)).isEqualTo(TEXT);
    }

    @Test
    void readsWhatItWrote() {
        assertThat(OriginalsText.parse(TEXT)).hasValue(new Parsed(ORIGINALS, true));
    }

    @Test
    void writesNoKnobsAtAll() {
        Originals none = new Originals("0123", Map.of());

        assertThat(OriginalsText.parse(OriginalsText.write(none))).hasValue(new Parsed(none, true));
    }

    @Test
    void keepsARunThatWasFoundWhileMemoryWasTakenOffline() {
        Originals offline = new Originals("0123", Map.of(Knob.RUN, 5L));

        assertThat(OriginalsText.parse(OriginalsText.write(offline))).hasValue(new Parsed(offline, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# KSM settings as Samepage found them",
                "# KSM settings as Samepage found them\n",
                "# KSM settings as Samepage found them\nboot 01",
                "# KSM settings as Samepage found them\nrun 0\n# end\n",
                "run 0\npages_to_scan 100\n",
                "{\"hash\": \"1\"}\n",
                "\u0000\u0001\u0002\n\u0000\n"
            })
    void doesNotTakeAnotherFileForOne(String text) {
        assertThat(OriginalsText.parse(text)).isEmpty();
    }

    @Test
    void everyTruncationKeepsTheWholeLinesAndSaysSo() {
        int afterTheBoot = TEXT.indexOf("run");
        for (int length = afterTheBoot; length < TEXT.length(); length++) {
            Parsed parsed = OriginalsText.parse(TEXT.substring(0, length)).orElseThrow();

            assertThat(parsed.complete()).as("%s characters", length).isFalse();
            assertThat(parsed.originals().bootId()).isEqualTo("0123");
            assertThat(ORIGINALS.knobs())
                    .containsAllEntriesOf(parsed.originals().knobs());
        }
    }

    @Test
    void aLastLineWithoutItsEndIsNotTrusted() {
        assertThat(OriginalsText.parse("""
                # KSM settings as Samepage found them
                boot 0123
                run 0
                pages_to_scan 10""")).hasValue(new Parsed(new Originals("0123", Map.of(Knob.RUN, 0L)), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"warp_factor 9", "pages_to_scan many", "pages_to_scan", "pages_to_scan  100", "# note", " "})
    void aLineThatIsNotUnderstoodCostsNoOther(String line) {
        assertThat(OriginalsText.parse("""
                # KSM settings as Samepage found them
                boot 0123
                %s
                run 1
                # end
                """.formatted(line)))
                .hasValue(new Parsed(new Originals("0123", Map.of(Knob.RUN, 1L)), false));
    }

    @Test
    void textAfterTheEndIsNotUnderstood() {
        assertThat(OriginalsText.parse(TEXT + "smart_scan 1\n"))
                .hasValueSatisfying(parsed -> assertThat(parsed.complete()).isFalse());
    }

    @Test
    void readsTheAdvisorsModeAsTheKernelShowsIt() {
        assertThat(OriginalsText.parse("""
                # KSM settings as Samepage found them
                boot 0123
                advisor_mode none [scan-time]
                # end
                """))
                .hasValue(new Parsed(new Originals("0123", Map.of(Knob.ADVISOR_MODE, 1L)), true));
    }
}
