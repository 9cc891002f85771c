package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShareTest {
    @ParameterizedTest
    @CsvSource({
        "10%, 400, 40, 40",
        "10%, 401, 41, 40",
        "10%, 3, 1, 0",
        "5%, 20, 1, 1",
        "5%, 19, 1, 0",
        "100%, 7, 7, 7",
        "0%, 7, 0, 0",
        "25, 7, 25, 25",
        "0, 7, 0, 0",
        "10%, 0, 0, 0",
        "1000000, 2147483647, 1000000, 1000000",
        "100%, 2147483647, 2147483647, 2147483647",
    })
    void isANumberOrAShareOfTheNodes(String written, int nodes, int up, int down) {
        assertThat(new Share(written).roundedUp(nodes)).isEqualTo(up);
        assertThat(new Share(written).roundedDown(nodes)).isEqualTo(down);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "-1", "1.5", "10 %", "101%", "007", "99999999999999999999", "[1]"})
    void whatIsNeitherCountsAsNone(String written) {
        assertThat(new Share(written).roundedUp(1000)).isZero();
        assertThat(new Share(written).isAtLeast(0)).isFalse();
    }

    @Test
    void atLeastOneNodeMayAlwaysBeAtWork() {
        assertThat(new RolloutLimits(new Share("what a newer version may say"), new Share("x")).concurrent(50))
                .isEqualTo(1);
        assertThat(RolloutLimits.defaults().concurrent(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"10%\"", "\"5\"", "true", "1.5", "99999999999999999999", "[1, 2]", "{\"a\": 1}"})
    void whateverIsWrittenIsRead(String json) {
        RolloutLimits limits = new KubernetesSerialization()
                .unmarshal("{\"maxConcurrent\": %s, \"anything\": 1}".formatted(json), RolloutLimits.class);

        assertThat(limits.concurrent(10)).isPositive();
        assertThat(limits.maxFailures()).isEqualTo(new Share("5%"));
    }

    @Test
    void isWrittenAsItWasRead() {
        assertThat(new KubernetesSerialization().asJson(new RolloutLimits(new Share("7"), new Share("20%"))))
                .isEqualTo("{\"maxConcurrent\":7,\"maxFailures\":\"20%\"}");
    }
}
