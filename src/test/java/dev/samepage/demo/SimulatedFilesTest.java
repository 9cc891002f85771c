package dev.samepage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.samepage.agent.Host;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.sim.SimulatedKernel;
import dev.samepage.tuning.sim.SimulatedKsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedFilesTest {
    private final SimulatedKsm kernel = new SimulatedKsm(SimulatedKernel.linux618());

    @TempDir
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private SimulatedFiles files;

    @SuppressWarnings("NullAway.Init")
    private Ksm ksm;

    @BeforeEach
    void show() throws IOException {
        files = new SimulatedFiles(root, kernel);
        ksm = new Ksm(new KsmDirectory(files.directories().ksm()));
    }

    private void pass(Duration time) throws IOException {
        files.takeWrites();
        kernel.advance(time);
        files.show();
    }

    @Test
    void theFilesReadAsTheKernelStarts() throws IOException {
        assertThat(ksm.unavailable()).isEmpty();
        assertThat(ksm.read()).isEqualTo(kernel.knobs());
        assertThat(ksm.counters()).isEqualTo(kernel.counters());
    }

    @Test
    void ksmdMergesOnceItsKnobsAreWritten() throws IOException {
        kernel.start(2, GuestMemory.of(8, 2));
        ksm.write(Knob.PAGES_TO_SCAN, 5000);
        ksm.write(Knob.RUN, 1);

        pass(Duration.ofSeconds(5));

        assertThat(ksm.counters().get(Counter.PAGES_SHARED)).hasValue(2048);
        assertThat(ksm.counters().get(Counter.PAGES_SHARING)).hasValue(2048);
    }

    @Test
    void whatOneWriteResetsIsShown() throws IOException {
        ksm.write(Knob.ADVISOR_MODE, 1);

        pass(Duration.ZERO);

        assertThat(ksm.read()).containsEntry(Knob.ADVISOR_MODE, 1L).containsEntry(Knob.PAGES_TO_SCAN, 500L);
    }

    @Test
    void aRateWrittenTogetherWithTheEndOfTheAdvisorStays() throws IOException {
        ksm.write(Knob.ADVISOR_MODE, 1);
        pass(Duration.ZERO);
        ksm.write(Knob.ADVISOR_MODE, 0);
        ksm.write(Knob.PAGES_TO_SCAN, 1000);

        pass(Duration.ZERO);

        assertThat(kernel.knobs()).containsEntry(Knob.PAGES_TO_SCAN, 1000L);
        assertThat(ksm.read()).containsEntry(Knob.PAGES_TO_SCAN, 1000L);
    }

    @Test
    void whatTheKernelWouldRefuseIsPutBack() throws IOException {
        Path targetTime = files.directories().ksm().resolve("advisor_target_scan_time");
        Files.writeString(targetTime, "0");

        pass(Duration.ZERO);

        assertThat(targetTime).hasContent("200");
    }

    @Test
    void aFileThatIsJustBeingWrittenChangesNothing() throws IOException {
        Files.writeString(files.directories().ksm().resolve("sleep_millisecs"), "");

        pass(Duration.ZERO);

        assertThat(kernel.knobs()).containsEntry(Knob.SLEEP_MILLISECS, 20L);
    }

    @Test
    void aFileThatWasDeletedStaysAway() throws IOException {
        Path smartScan = files.directories().ksm().resolve("smart_scan");
        Files.delete(smartScan);

        pass(Duration.ZERO);

        assertThat(smartScan).doesNotExist();
    }

    @Test
    void theAgentFindsGuestsWithTheirMemory() throws IOException {
        kernel.start(2, GuestMemory.of(8, 2));
        pass(Duration.ofSeconds(1));
        Host host = Host.at(
                files.directories().ksm(),
                files.directories().proc(),
                files.directories().proc(),
                Clock.systemUTC());

        var guests = host.guests().scan();

        assertThat(host.guests().resident(guests, 4096))
                .extracting(guest -> guest.guest().name(), guest -> guest.residentBytes())
                .containsExactly(tuple("demo_simulated-1001", 10L << 20), tuple("demo_simulated-1002", 10L << 20));
    }

    @Test
    void theAgentSeesWhatTheKernelCounts() throws IOException {
        kernel.start(2, GuestMemory.of(8, 2));
        ksm.write(Knob.RUN, 1);
        pass(Duration.ofSeconds(1));
        Host host = Host.at(
                files.directories().ksm(),
                files.directories().proc(),
                files.directories().proc(),
                Clock.systemUTC());

        assertThat(host.proc().ksmdCpuNanos()).hasValue(kernel.ksmdCpuNanos());
        assertThat(host.proc().memory()).isEqualTo(kernel.memory());
        assertThat(host.proc().cowKsm()).isEqualTo(kernel.cowKsm());
        assertThat(host.proc().pageSizeBytes()).isEqualTo(4096);
        assertThat(kernel.ksmdCpuNanos()).isPositive();
    }
}
