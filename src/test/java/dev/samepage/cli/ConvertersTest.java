package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Durations and addresses as people write them. */
class ConvertersTest {
    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "90s, PT1M30S", "5m, PT5M", "2h, PT2H", "0s, PT0S", "999999999h, PT999999999H"})
    void readsDurations(String text, Duration duration) {
        assertThat(new Durations().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "m", "-5m", "+5m", "1.5h", "5 m", "5d", "1h30m", "1000000000s", "٥m"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> new Durations().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is not a duration: write for example 90s, 5m or 2h");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:9753, 127.0.0.1, 9753", "0.0.0.0:0, 0.0.0.0, 0", "[::1]:65535, ::1, 65535"})
    void readsAddresses(String text, String host, int port) throws UnknownHostException {
        InetSocketAddress address = new Addresses().convert(text);

        assertThat(address.getAddress()).isEqualTo(InetAddress.getByName(host));
        assertThat(address.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "9753", ":9753", "127.0.0.1", "127.0.0.1:", "::1:9753", "a:b", "127.0.0.1:65536", "a:-1"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> new Addresses().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is not HOST:PORT: write for example 127.0.0.1:9753");
    }
}
