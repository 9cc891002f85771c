package dev.samepage.endtoend;

import static dev.samepage.endtoend.Administrator.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.cluster.GuestPod;
import dev.samepage.testbed.cluster.OneNodeCluster;
import dev.samepage.testbed.cluster.RealCluster;
import dev.samepage.testbed.guests.GuestMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Samepage comes, merges, is believed, and goes without a trace. */
@RealCluster
@RealKsm
class InstallClusterTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int PAGE_BYTES = 4096;
    private static final int GUESTS = 4;
    private static final int COMMON_MEBIBYTES = 20;

    /** All but one copy of what the guests have in common, less the few pages that KSM does not merge because too many share them. */
    private static final long WORTH_MERGING = (GUESTS - 1) * COMMON_MEBIBYTES * MEBIBYTE * 95 / 100;

    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final OneNodeCluster cluster;
    private final Administrator administrator;
    private final Leftovers leftovers;
    private final List<GuestPod> guests;
    private Optional<Way> installed = Optional.empty();

    InstallClusterTest(OneNodeCluster cluster) {
        this.cluster = cluster;
        administrator = new Administrator(cluster);
        leftovers = new Leftovers(administrator);
        List<String> memory = GuestMemory.of(COMMON_MEBIBYTES, 2).options();
        guests = IntStream.rangeClosed(1, GUESTS)
                .mapToObj(number -> new GuestPod(cluster, "guest-" + number, memory))
                .toList();
    }

    @BeforeEach
    void startGuests() {
        administrator.loadImage();
        administrator.findHelm();
        administrator.type("kubectl label node " + OneNodeCluster.NODE + " kubevirt.io/schedulable=true --overwrite");
        guests.forEach(GuestPod::create);
    }

    @AfterEach
    void stopGuests() {
        installed.ifPresent(way -> way.uninstall(administrator));
        guests.forEach(GuestPod::delete);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftAfterAllThatIsBetweenInstallAndUninstall(Way way) throws IOException {
        Map<Knob, Long> found = ksm.read();
        AuditLog log = cluster.auditLog().fromNow();
        Instant start = Instant.now();

        installed = Optional.of(way);
        way.install(administrator);
        administrator.type("kubectl apply -f manifests/examples/classic.yaml");
        administrator.type("kubectl wait --for=condition=Ready --timeout=3m ksmp/classic");

        System.err.printf(
                "%s: from the first command to the first Ready policy %.1f s%n",
                way, Duration.between(start, Instant.now()).toMillis() / 1000.0);
        assertThat(ksm.read()).containsEntry(Knob.RUN, 1L).containsEntry(Knob.PAGES_TO_SCAN, 20_000L);
        await("the guests to be merged", () -> assertThat(savedBytes()).isGreaterThan(WORTH_MERGING));
        await(
                "the bytes in the policy to be those of the kernel's counters",
                () -> assertThat(administrator.get("ksmp/classic", "{.status.memory.savedBytes}"))
                        .isEqualTo(Long.toString(savedBytes())));
        await(
                "the node's guests to be counted",
                () -> assertThat(administrator.get("ksmn/" + OneNodeCluster.NODE, "{.status.guests}"))
                        .isEqualTo(Integer.toString(GUESTS)));
        assertThat(leftovers.files()).as("what the agent keeps meanwhile").isNotEmpty();
        assertThat(leftovers.processes()).as("operator and agent").hasSize(2);
        if (way == Way.HARDENED) {
            isHardened(leftovers.agent());
        }
        administrator.type("kubectl get ksmp,ksmn").lines().forEach(System.err::println);

        assertThat(log.requests())
                .filteredOn(request -> request.user().startsWith("system:serviceaccount:samepage-system:"))
                .isNotEmpty()
                .allMatch(request -> request.code() != 403);

        way.uninstall(administrator);
        installed = Optional.empty();

        assertThat(ksm.read()).isEqualTo(found);
        await("every object to be gone", () -> assertThat(leftovers.objects()).isEmpty());
        assertThat(leftovers.files()).isEmpty();
    }

    /** The process has what the hardened component promises, as the kernel sees it. */
    private static void isHardened(long agent) throws IOException {
        Path proc = Path.of("/proc", Long.toString(agent));
        assertThat(Files.readAllLines(proc.resolve("status")))
                .as("CAP_DAC_READ_SEARCH (bit 2) is all it has, and nothing more can be had")
                .contains("CapEff:\t0000000000000004", "CapBnd:\t0000000000000004", "NoNewPrivs:\t1", "Seccomp:\t2");
        assertThat(Files.readAllLines(proc.resolve("mountinfo")))
                .as("a root file system that nobody can write")
                .anyMatch(mount -> mount.split(" ", -1)[4].equals("/") && mount.split(" ", -1)[5].startsWith("ro"));
    }

    private long savedBytes() throws IOException {
        Counters counters = ksm.counters();
        return counters.savedBytes(PAGE_BYTES);
    }
}
