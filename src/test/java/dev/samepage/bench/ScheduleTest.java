package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.bench.Schedule.Arrival;
import dev.samepage.bench.Schedule.Departure;
import dev.samepage.bench.Schedule.Event;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration LENGTH = Duration.ofMinutes(15);

    private final Schedule churn = Schedule.churn(LENGTH);

    @Test
    void fourMoreComeAtHalfTime() {
        assertThat(Scenario.ARRIVALS.schedule(LENGTH))
                .isEqualTo(new Schedule(10, List.of(new Arrival(Duration.ofSeconds(450), 4))));
    }

    @Test
    void nobodyComesToOrLeavesTheOtherHosts() {
        assertThat(List.of(Scenario.IDLE, Scenario.WRITES, Scenario.QEMU))
                .allSatisfy(scenario -> assertThat(scenario.schedule(LENGTH)).isEqualTo(new Schedule(10, List.of())));
    }

    @Test
    void withChurnOneComesEvery20Seconds() {
        assertThat(arrivals()).hasSize(44);
        assertThat(arrivals().subList(0, 3))
                .containsExactly(
                        new Arrival(Duration.ofSeconds(20), 1),
                        new Arrival(Duration.ofSeconds(40), 1),
                        new Arrival(Duration.ofSeconds(60), 1));
    }

    @Test
    void withChurnEachLivesFor30To150SecondsOrToTheEnd() {
        assertThat(departures()).hasSizeGreaterThan(35).allSatisfy(departure -> {
            long born = Math.max(0, 20L * (departure.number() - 4));
            assertThat(departure.at()).isBetween(Duration.ofSeconds(born + 30), Duration.ofSeconds(born + 150));
            assertThat(departure.at()).isLessThan(LENGTH);
        });
    }

    @Test
    void nobodyLeavesTwice() {
        assertThat(departures().stream().map(Departure::number)).doesNotHaveDuplicates();
    }

    @Test
    void eventsAreInTheOrderOfTime() {
        assertThat(churn.events()).isSortedAccordingTo(Comparator.comparing(Event::at));
    }

    @Test
    void livesAreTheSameEveryTime() {
        assertThat(Schedule.churn(LENGTH)).isEqualTo(churn);
    }

    @Test
    void anArrivalIsTheOnlyOneWhereNothingElseHappens() {
        assertThat(Scenario.ARRIVALS.schedule(LENGTH).soleArrival()).contains(new Arrival(Duration.ofSeconds(450), 4));
        assertThat(churn.soleArrival()).isEmpty();
        assertThat(Schedule.constant(10).soleArrival()).isEmpty();
    }

    private List<Arrival> arrivals() {
        return churn.events().stream()
                .filter(Arrival.class::isInstance)
                .map(Arrival.class::cast)
                .toList();
    }

    private List<Departure> departures() {
        return churn.events().stream()
                .filter(Departure.class::isInstance)
                .map(Departure.class::cast)
                .toList();
    }
}
