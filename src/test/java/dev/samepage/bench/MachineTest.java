package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    Path proc;

    @Test
    void cpuTimeIsAllButIdlingAndWhatIsCountedTwice() throws IOException {
        Files.writeString(proc.resolve("stat"), """
                cpu  100 20 300 999999 888888 4 50 6 777 7
                cpu0 1 2 3 4 5 6 7 8 9 10
                """);

        assertThat(new Machine(proc).cpuSeconds()).isEqualTo(4.8);
    }

    @Test
    void theLoadIsThatOfTheLastMinute() throws IOException {
        Files.writeString(proc.resolve("loadavg"), "0.75 1.50 2.25 3/200 12345\n");

        assertThat(new Machine(proc).load()).isEqualTo(0.75);
    }
}
