package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostProcTest {
    @TempDir
    Path directory;

    private FakeProc fake;
    private HostProc proc;

    @BeforeEach
    void create() {
        fake = new FakeProc(directory);
        proc = new HostProc(directory);
    }

    @Test
    void readsTheMemoryInBytes() throws IOException {
        fake.file(
                "meminfo", "MemTotal:       24683340 kB\nMemFree:  1 kB\nMemAvailable:   24229616 kB\nBuffers: 2 kB\n");
        assertThat(proc.memory()).isEqualTo(new HostMemory(25_275_740_160L, 24_811_126_784L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MemTotal: 1 kB\n",
                "MemTotal: 1 kB\nMemAvailable: much\n",
                "MemTotal: 9223372036854775807 kB\nMemAvailable: 1 kB\n"
            })
    void failsWhereTheMemoryCannotBeTold(String meminfo) {
        fake.file("meminfo", meminfo);
        assertThatThrownBy(proc::memory).isInstanceOf(IOException.class).hasMessageStartingWith("meminfo has no Mem");
    }

    @Test
    void readsTheBootIdAndTheRelease() {
        fake.file("sys/kernel/random/boot_id", "a773aa3e-b1c0-4cad-8a5d-b6ce1859d5b6\n");
        fake.file("sys/kernel/osrelease", "6.18.44\n");
        assertThat(proc.bootId()).isEqualTo("a773aa3e-b1c0-4cad-8a5d-b6ce1859d5b6");
        assertThat(proc.kernelRelease()).isEqualTo("6.18.44");
    }

    @Test
    void doesNotKnowWhatIsMissing() {
        assertThat(proc.bootId()).isEqualTo("unknown");
        assertThat(proc.kernelRelease()).isEqualTo("unknown");
        assertThat(proc.cowKsm()).isEmpty();
        assertThat(proc.ksmdCpuNanos()).isEmpty();
    }

    @Test
    void takesNothingElseForABootId() {
        fake.file("sys/kernel/random/boot_id", "../../etc/passwd");
        assertThat(proc.bootId()).isEqualTo("unknown");
    }

    @Test
    void boundsAndCleansTheRelease() {
        fake.file("sys/kernel/osrelease", "6.18\u001b[2J" + "x".repeat(100_000));
        assertThat(proc.kernelRelease()).hasSize(64).startsWith("6.18?[2Jxxx");
    }

    @Test
    void readsHowManyMergedPagesWereCopied() {
        fake.file("vmstat", "ksm_swpin_copy 3\ncow_ksm 1234\nzswpin 9\n");
        assertThat(proc.cowKsm()).hasValue(1234);
    }

    @Test
    void hasNoSuchCountOnOldKernels() {
        fake.file("vmstat", "ksm_swpin_copy 3\n");
        assertThat(proc.cowKsm()).isEmpty();
    }

    @Test
    void readsTheNanosecondsOfKsmd() {
        fake.kernelThreads();
        fake.file("37/schedstat", "5408 257292 2\n");
        assertThat(proc.ksmdCpuNanos()).hasValue(5408);
    }

    @ParameterizedTest
    @CsvSource({"''", "x y z"})
    void readsTheTicksOfKsmdWhereThereAreNoNanoseconds(String schedstat) {
        fake.kernelThreads();
        fake.file("37/schedstat", schedstat);
        fake.stat(37, "ksmd", 2, 26, 7, 5);
        assertThat(proc.ksmdCpuNanos()).hasValue(120_000_000);
    }

    @Test
    void isNotTakenInByAProcessThatCallsItselfKsmd() {
        fake.kernelThreads();
        fake.stat(20, "ksmd", 1, 5000, 0, 0);
        fake.file("20/schedstat", "666 0 0\n");
        fake.file("37/schedstat", "5408 257292 2\n");
        assertThat(proc.ksmdCpuNanos()).hasValue(5408);
    }

    @Test
    void findsKsmdAgainWhereItsIdHasChanged() throws IOException {
        fake.kernelThreads();
        fake.file("37/schedstat", "5408 0 0\n");
        assertThat(proc.ksmdCpuNanos()).hasValue(5408);
        fake.stat(37, "bash", 1, 99, 0, 0);
        fake.stat(99, "ksmd", 2, 100, 0, 0);
        fake.file("99/schedstat", "6000 0 0\n");
        assertThat(proc.ksmdCpuNanos()).hasValue(6000);
    }

    /** A kernel without KSM has none, and the host may have tens of thousands of processes. */
    @Test
    void looksForAMissingKsmdOnlyAfterManyAskings() throws IOException {
        fake.stat(2, "kthreadd", 0, 1, 0, 0);
        assertThat(proc.ksmdCpuNanos()).isEmpty();
        fake.stat(37, "ksmd", 2, 26, 7, 5);

        for (int i = 0; i < 300; i++) {
            assertThat(proc.ksmdCpuNanos()).isEmpty();
        }
        assertThat(proc.ksmdCpuNanos()).hasValue(120_000_000);
    }

    @Test
    void ticksOfKsmdBeyondAllMeasureStayPositive() {
        fake.stat(2, "kthreadd", 0, 1, 0, 0);
        fake.stat(37, "ksmd", 2, 26, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(proc.ksmdCpuNanos().orElseThrow()).isGreaterThan(9_000_000_000_000_000_000L);
    }

    @Test
    void looksForNoKsmdWhereTheHostsProcessesAreHidden() {
        fake.stat(1, "agent", 0, 1, 0, 0);
        fake.stat(2, "sh", 1, 1, 0, 0);
        fake.stat(37, "ksmd", 2, 26, 0, 0);
        assertThat(proc.ksmdCpuNanos()).isEmpty();
    }

    @Test
    void readsThePageSizeFromTheAuxiliaryVector() {
        fake.bytes("self/auxv", auxv(33, 0x7fff_0000L, 6, 65_536, 17, 100, 0, 0));
        assertThat(proc.pageSizeBytes()).isEqualTo(65_536);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4097, -4096, 1L << 40})
    void takesNoNonsenseForAPageSize(long value) {
        assumeTrue(Files.exists(Path.of("/proc/self/auxv")), "it takes Linux");
        fake.bytes("self/auxv", auxv(6, value, 0, 0));
        assertThat(proc.pageSizeBytes()).isIn(4096L, 16_384L, 65_536L);
    }

    @Test
    void survivesNoise() {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        fake.kernelThreads();
        for (String file : new String[] {
            "meminfo",
            "vmstat",
            "sys/kernel/random/boot_id",
            "sys/kernel/osrelease",
            "2/stat",
            "37/stat",
            "37/schedstat"
        }) {
            fake.bytes(file, noise);
        }
        assertThatThrownBy(proc::memory).isInstanceOf(IOException.class);
        assertThat(proc.bootId()).isEqualTo("unknown");
        assertThat(proc.kernelRelease()).hasSizeLessThanOrEqualTo(64).matches("[\\x20-\\x7e]*");
        assertThat(proc.cowKsm()).isEmpty();
        assertThat(proc.ksmdCpuNanos()).isEmpty();
    }

    private static byte[] auxv(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long word : words) {
            bytes.putLong(word);
        }
        return bytes.array();
    }
}
