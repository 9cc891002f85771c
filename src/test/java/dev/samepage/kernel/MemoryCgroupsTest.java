package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryCgroupsTest {
    private static final int GUEST = 100;

    @TempDir
    Path directory;

    private FakeProc proc;
    private FakeCgroups cgroups;

    @BeforeEach
    void setUp() {
        proc = new FakeProc(directory.resolve("proc"));
        cgroups = new FakeCgroups(directory.resolve("cgroup"));
    }

    private MemoryCgroups memoryCgroups() {
        return new MemoryCgroups(new ProcFiles(directory.resolve("proc")), directory.resolve("cgroup"));
    }

    @Test
    void findsEveryLimitUpToTheRoot() {
        cgroups.version2("/kubepods", 9000, 500, 0);
        cgroups.version2("/kubepods/pod", "max", 500, 0);
        cgroups.version2("/kubepods/pod/guest", 1000, 400, 100);
        proc.file(GUEST + "/cgroup", "0::/kubepods/pod/guest\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow())
                .containsExactly(
                        new MemoryCgroup("/kubepods/pod/guest", 1000, 300), new MemoryCgroup("/kubepods", 9000, 500));
    }

    @Test
    void readsVersion1WhereMemoryIsCountedThere() {
        cgroups.version1("/machine", 9_223_372_036_854_771_712L, 500, 0);
        cgroups.version1("/machine/guest", 1000, 400, 150);
        proc.file(GUEST + "/cgroup", "5:cpu,cpuacct:/elsewhere\n4:memory:/machine/guest\n0::/elsewhere\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow())
                .containsExactly(new MemoryCgroup("/machine/guest", 1000, 250));
    }

    @Test
    void findsAGuestWhoseCgroupIsOutsideOfItsOwnNamespace() {
        cgroups.version2("/kubepods/burstable/pod-1/guest", 1000, 400, 0);
        cgroups.version2("/kubepods/besteffort/agent/container", 77, 7, 0);
        proc.file(GUEST + "/cgroup", "0::/../../../burstable/pod-1/guest\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow())
                .containsExactly(new MemoryCgroup("/kubepods/burstable/pod-1/guest", 1000, 400));
    }

    @Test
    void findsItAlsoWhereTheWholeWayIsToldFromTheRoot() {
        cgroups.version2("/machine/guest", 1000, 400, 0);
        proc.file(GUEST + "/cgroup", "0::/../../machine/guest\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow())
                .containsExactly(new MemoryCgroup("/machine/guest", 1000, 400));
    }

    @Test
    void cannotTellWhichOfTwoItIs() {
        cgroups.version2("/a/guest", 1000, 400, 0);
        cgroups.version2("/b/guest", 2000, 400, 0);
        proc.file(GUEST + "/cgroup", "0::/../guest\n");

        assertThat(memoryCgroups().limiting(GUEST)).isEmpty();
    }

    @Test
    void neverLeavesTheDirectoryOfCgroups() {
        cgroups.version2("/kubepods", 1000, 400, 0);
        new FakeCgroups(directory).version2("/outside", 1000, 400, 0);
        proc.file(GUEST + "/cgroup", "0::/kubepods/../../outside\n");

        assertThat(memoryCgroups().limiting(GUEST)).isEmpty();
    }

    @Test
    void cannotTellTheLimitsOfAProcessThatIsGone() {
        assertThat(memoryCgroups().limiting(GUEST)).isEmpty();
    }

    @Test
    void knowsThatAProcessInTheRootHasNoLimit() {
        proc.file(GUEST + "/cgroup", "0::/\n");

        assertThat(memoryCgroups().limiting(GUEST)).contains(List.of());
    }

    @Test
    void passesOverTextThatMakesNoSense() {
        cgroups.version2("/machine", 1000, 400, 0);
        cgroups.version2("/machine/guest", "\u001b[2J", 400, 0);
        proc.file(GUEST + "/cgroup", "nonsense\n0::/machine/guest\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow())
                .containsExactly(new MemoryCgroup("/machine", 1000, 400));
    }

    @Test
    void cannotTellTheLimitsUnderANameThatIsNotPlain() {
        proc.file(GUEST + "/cgroup", "0::/machine/gu\u00e9st\n");

        assertThat(memoryCgroups().limiting(GUEST)).isEmpty();
    }

    @Test
    void countsNoMoreCacheThanThereIsUse() {
        cgroups.version2("/guest", 1000, 400, 500);
        proc.file(GUEST + "/cgroup", "0::/guest\n");

        assertThat(memoryCgroups().limiting(GUEST).orElseThrow()).containsExactly(new MemoryCgroup("/guest", 1000, 0));
    }
}
