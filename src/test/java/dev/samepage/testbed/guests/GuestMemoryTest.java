package dev.samepage.testbed.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
    private static final GuestMemory EVERYTHING = GuestMemory.of(20, 5)
            .withZero(2)
            .withRewritten(1)
            .markedAfter(Duration.ofSeconds(3))
            .filledIn(Duration.ofMinutes(1))
            .withoutHugePages();

    @Test
    void isWrittenAsOptionsOfTheGuestProgram() {
        assertThat(EVERYTHING.options())
                .containsExactly(
                        "--common=20",
                        "--unique=5",
                        "--zero=2",
                        "--rewritten=1",
                        "--mark-after-millis=3000",
                        "--fill-millis=60000",
                        "--huge-pages=false");
    }

    @Test
    void isReadFromItsOwnOptionsWhereAPartIsTouched() {
        GuestMemory touched = EVERYTHING.withTouched(4);

        assertThat(touched.options()).contains("--touched=4");
        assertThat(GuestMemory.parse(touched.options().toArray(String[]::new))).isEqualTo(touched);
    }

    @Test
    void noMoreThanTheCommonMemoryIsTouched() {
        assertThatThrownBy(() -> GuestMemory.of(3, 5).withTouched(4))
                .hasMessage("what is touched is a part of the common memory");
    }

    @Test
    void isReadFromItsOwnOptions() {
        assertThat(GuestMemory.parse(EVERYTHING.options().toArray(String[]::new)))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void whatIsNotGivenIsNothing() {
        assertThat(GuestMemory.parse("--common=20")).isEqualTo(GuestMemory.of(20, 0));
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatThrownBy(() -> GuestMemory.parse("--comon=20")).hasMessage("unknown option --comon=20");
    }

    @Test
    void noMemoryAtAllIsRefused() {
        assertThatThrownBy(() -> GuestMemory.of(0, 0)).hasMessage("a guest needs some memory");
    }
}
