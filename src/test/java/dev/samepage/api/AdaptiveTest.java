package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveTest {
    @Test
    void whatIsNotWrittenHasItsDefault() {
        assertThat(new KubernetesSerialization().unmarshal("{}", Adaptive.class))
                .isEqualTo(Adaptive.defaults());
        assertThat(Adaptive.defaults()).isEqualTo(new Adaptive(70, "64Mi", 1800, Activation.ALWAYS, null));
    }

    @ParameterizedTest
    @CsvSource({"1Ki, 1024", "64Mi, 67108864", "9999Mi, 10484711424", "1Gi, 1073741824", "9999Gi, 10736344498176"})
    void anAmountIsBytes(String written, long bytes) {
        assertThat(amount(written)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "64", "64M", "64MB", "64mi", "0Mi", "01Mi", "-1Mi", "1.5Gi", "10000Ki", "1Ti", " 1Ki", "1Ki "
            })
    void whatIsNoAmountIsNone(String written) {
        assertThat(amount(written)).isEmpty();
    }

    private static OptionalLong amount(String written) {
        return new Adaptive(70, written, 1800, Activation.ALWAYS, null).minSavedBytesPerCpuSecond();
    }
}
