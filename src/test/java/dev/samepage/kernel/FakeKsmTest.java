package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The cases of {@link KsmContract} on the fake, and what only a fake can do. */
class FakeKsmTest extends KsmContract {
    private final FakeKsm fake = FakeKsm.linux618();

    @Override
    KsmFiles files() {
        return fake;
    }

    @Override
    void merge(int pairs) {
        fake.merge(pairs).with(Counter.FULL_SCANS, 3);
    }

    @Override
    long pageSizeBytes() {
        return 4096;
    }

    @Test
    void recordsTheWritesInOrderRefusedOrNot() {
        Ksm ksm = new Ksm(fake);
        ksm.write(Knob.RUN, 1);
        ksm.write(Knob.ADVISOR_MODE, 1);
        ksm.write(Knob.PAGES_TO_SCAN, 200);
        assertThat(fake.writes()).containsExactly("run=1", "advisor_mode=scan-time", "pages_to_scan=200");
    }

    @Test
    void refusesAKnobOnDemand() {
        fake.refuse(Knob.SMART_SCAN, Errno.EPERM);
        assertThat(new Ksm(fake).write(Knob.SMART_SCAN, 0))
                .isEqualTo(
                        new WriteResult.Refused(
                                Knob.SMART_SCAN,
                                0,
                                Errno.EPERM,
                                "this process may not: it takes uid 0 of the host, and no AppArmor or SELinux profile against it"));
    }

    @Test
    void hasTheKnobsOfEachKernel() {
        assertThat(new Ksm(FakeKsm.linux61()).knobs())
                .containsExactly(
                        Knob.RUN,
                        Knob.PAGES_TO_SCAN,
                        Knob.SLEEP_MILLISECS,
                        Knob.MERGE_ACROSS_NODES,
                        Knob.USE_ZERO_PAGES,
                        Knob.MAX_PAGE_SHARING,
                        Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS);
        assertThat(new Ksm(FakeKsm.rhel99()).knobs()).contains(Knob.REDHAT_ONLY_ZERO_PAGES);
        assertThat(new Ksm(FakeKsm.linux618()).knobs()).hasSize(13).doesNotContain(Knob.REDHAT_ONLY_ZERO_PAGES);
    }

    @Test
    void losesEveryFile() throws IOException {
        assertThat(new Ksm(fake.withoutFiles()).read()).isEmpty();
    }
}
