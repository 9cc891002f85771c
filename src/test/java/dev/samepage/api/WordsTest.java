package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {
    @ParameterizedTest
    @MethodSource("constants")
    void aConstantIsSaidAsItIsWritten(Enum<?> constant) throws JsonProcessingException {
        assertThat('"' + constant.toString() + '"').isEqualTo(new ObjectMapper().writeValueAsString(constant));
    }

    static Stream<Enum<?>> constants() {
        return Stream.of(Mode.values(), State.values(), Verdict.values()).flatMap(Stream::of);
    }
}
