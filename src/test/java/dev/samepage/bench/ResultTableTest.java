package dev.samepage.bench;

import static dev.samepage.bench.Recorded.lookedAt;
import static dev.samepage.bench.Recorded.result;
import static dev.samepage.bench.Recorded.sample;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static final String HEADER = """
            | tuner | mean share of the ideal saving | true share | ksmd CPU | 95 % after start | 95 % after the arrival \
            | own CPU | machine's CPU | load before |
            |---|---|---|---|---|---|---|---|---|
            """;

    private static final Schedule CONSTANT = Schedule.constant(10);

    @Test
    void oneRunIsALineOfPlainFigures() {
        var table = new ResultTable(
                CONSTANT, List.of(result("brute", 1, lookedAt(0, 100, 96, 90), sample(10, 100, 96, 4.25))));

        assertThat(table.markdown(List.of("brute"))).isEqualTo(HEADER + """
                | brute | 96.0 % | 90.0 % | 4.3 s | 0.0 s | – | 0.25 s | 12.5 s | 0.50 |
                """);
    }

    @Test
    void severalRunsAreTheirMedianWithTheSmallestAndTheLargest() {
        var table = new ResultTable(
                CONSTANT,
                List.of(
                        result("brute", 1, sample(0, 100, 90, 0), sample(10, 100, 90, 3)),
                        result("brute", 2, sample(0, 100, 98, 0), sample(10, 100, 98, 5)),
                        result("brute", 3, sample(0, 100, 96, 0), sample(10, 100, 96, 4))));

        assertThat(table.markdown(List.of("brute")))
                .contains("| 96.0 % (90.0 % to 98.0 %) | – | 4.0 s (3.0 s to 5.0 s)"
                        + " | 0.0 s (0.0 s to not in 10 s) | – |");
    }

    @Test
    void nothingToSaveIsADash() {
        var table = new ResultTable(CONSTANT, List.of(result("brute", 1, sample(0, 0, 0, 0), sample(10, 0, 0, 4))));

        assertThat(table.markdown(List.of("brute"))).contains("| brute | – | – | 4.0 s | – | – |");
    }

    @Test
    void tunersAreInTheOrderThatWasAskedForAndThoseToComeAreLeftOut() {
        var table = new ResultTable(
                CONSTANT, List.of(result("none", 1, sample(0, 100, 0, 0)), result("brute", 1, sample(0, 100, 0, 0))));

        assertThat(table.markdown(List.of("brute", "advisor", "none")))
                .startsWith(HEADER + "| brute | 0.0 % |")
                .contains("\n| none | 0.0 % |")
                .doesNotContain("advisor");
    }
}
