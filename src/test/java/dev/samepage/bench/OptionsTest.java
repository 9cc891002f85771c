package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final long HOST = 24L << 30;
    private static final List<Tuner> KNOWN = Tuners.known(HOST, EnumSet.allOf(Knob.class));

    private final Map<String, String> typed = new HashMap<>(
            Map.of("bench.seconds", "60", "bench.tuners", "all", "bench.scenarios", "arrivals", "bench.runs", "3"));

    @Test
    void allIsEveryTunerThatThereIs() {
        assertThat(parse().tuners())
                .extracting(Tuner::name)
                .containsExactly("adaptive", "ksmtuned", "kubevirt", "advisor", "brute", "none");
    }

    @Test
    void aKernelWithoutAdvisorHasOneTunerLess() {
        assertThat(Tuners.known(HOST, EnumSet.of(Knob.RUN)))
                .extracting(Tuner::name)
                .containsExactly("adaptive", "ksmtuned", "kubevirt", "brute", "none");
    }

    @Test
    void tunersAndScenariosAreTakenInTheOrderInWhichTheyAreNamed() {
        typed.put("bench.tuners", "none, brute");
        typed.put("bench.scenarios", "qemu,churn");

        assertThat(parse().tuners()).extracting(Tuner::name).containsExactly("none", "brute");
        assertThat(parse().scenarios()).containsExactly(Scenario.QEMU, Scenario.CHURN);
    }

    @Test
    void saysHowLongItTakesAtLeast() {
        assertThat(parse().duration()).isEqualTo(Duration.ofMinutes(18));
    }

    @Test
    void anotherTunerBeginsEachRun() {
        typed.put("bench.tuners", "brute,none,advisor");

        assertThat(parse().order(1)).extracting(Tuner::name).containsExactly("brute", "none", "advisor");
        assertThat(parse().order(2)).extracting(Tuner::name).containsExactly("none", "advisor", "brute");
        assertThat(parse().order(4)).extracting(Tuner::name).containsExactly("brute", "none", "advisor");
    }

    @Test
    void aTunerThatThereIsNotIsRefusedWithTheChoices() {
        typed.put("bench.tuners", "brute,brut");

        assertThatThrownBy(this::parse)
                .hasMessage(
                        "-Dbench.tuners=brute,brut: there is no \"brut\". It takes all, or some of adaptive, ksmtuned, kubevirt,"
                                + " advisor, brute, none, with commas between.");
    }

    @Test
    void aScenarioThatThereIsNotIsRefusedWithTheChoices() {
        typed.put("bench.scenarios", "arrival");

        assertThatThrownBy(this::parse)
                .hasMessage(
                        "-Dbench.scenarios=arrival: there is no \"arrival\". It takes all, or some of arrivals, idle,"
                                + " churn, writes, qemu, with commas between.");
    }

    @Test
    void noTunerAtAllIsRefused() {
        typed.put("bench.tuners", "");

        assertThatThrownBy(this::parse).hasMessageStartingWith("-Dbench.tuners=: there is no \"\". It takes all, or");
    }

    @Test
    void secondsThatAreNoNumberAreRefusedWithTheRange() {
        typed.put("bench.seconds", "60s");

        assertThatThrownBy(this::parse).hasMessage("-Dbench.seconds=60s: it takes a whole number from 10 to 86400.");
    }

    @Test
    void tooFewSecondsAreRefused() {
        typed.put("bench.seconds", "9");

        assertThatThrownBy(this::parse).hasMessage("-Dbench.seconds=9: it takes a whole number from 10 to 86400.");
    }

    @Test
    void noRunIsRefused() {
        typed.put("bench.runs", "0");

        assertThatThrownBy(this::parse).hasMessage("-Dbench.runs=0: it takes a whole number from 1 to 100.");
    }

    private Options parse() {
        return Options.parse(name -> typed.getOrDefault(name, ""), KNOWN);
    }
}
