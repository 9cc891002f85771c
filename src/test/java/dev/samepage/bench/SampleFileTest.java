package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFileTest {
    @TempDir
    Path directory;

    @Test
    void everySampleIsALine() throws IOException {
        Path csv = directory.resolve("samples.csv");
        var file = new SampleFile(csv);

        file.add(Recorded.result(
                "brute",
                2,
                Recorded.sample(0, 10, 4, 0, OptionalLong.of(4096), 0),
                Recorded.sample(0.5, 14, 4, 2, OptionalLong.empty(), 1.25)));
        file.add(Recorded.result("none", 2, Recorded.sample(0, 10, 4, 0, OptionalLong.of(0), 0)));

        assertThat(csv).hasContent("""
                scenario,run,tuner,seconds,guests,ideal_bytes,saved_bytes,true_saved_bytes,ksmd_cpu_seconds,tuner_cpu_seconds,machine_cpu_seconds,load
                arrivals,2,brute,0.000,10,4194304,0,4096,0.000,0.250,12.50,1.50
                arrivals,2,brute,0.500,14,4194304,2097152,,1.250,0.250,12.50,1.50
                arrivals,2,none,0.000,10,4194304,0,0,0.000,0.250,12.50,1.50
                """);
    }

    @Test
    void beginsAnew() throws IOException {
        Path csv = Files.writeString(directory.resolve("samples.csv"), "what was measured before\n");

        new SampleFile(csv);

        assertThat(Files.readAllLines(csv)).hasSize(1);
    }
}
