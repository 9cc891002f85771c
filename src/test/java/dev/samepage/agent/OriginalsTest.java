package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Knob;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginalsTest {
    @ParameterizedTest(name = "run={0} becomes {1}")
    @CsvSource({"0, 0", "1, 1", "2, 0", "4, 0", "5, 1", "6, 0"})
    void runIsPutBackWithoutUnmergingAndWithoutTheMarkOfGoingOffline(long found, long restored) {
        assertThat(new Originals("0123", Map.of(Knob.RUN, found)).toRestore()).isEqualTo(Map.of(Knob.RUN, restored));
    }

    @Test
    void aRunThatWasLostIsWhatTheKernelStartsWith() {
        assertThat(new Originals("0123", Map.of(Knob.PAGES_TO_SCAN, 7L)).toRestore())
                .isEqualTo(Map.of(Knob.PAGES_TO_SCAN, 7L, Knob.RUN, 0L));
    }
}
