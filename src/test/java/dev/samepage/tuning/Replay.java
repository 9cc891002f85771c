package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.WriteResult;
import dev.samepage.tuning.WriteOrder.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Carries steps out on a fake kernel, which must take each one and must never be left in a busy loop. */
final class Replay {
    private final FakeKsm files;
    private final Ksm ksm;

    Replay(FakeKsm files) {
        this.files = files;
        ksm = new Ksm(files);
    }

    Map<Knob, Long> knobs() {
        try {
            return ksm.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The writes that this took, in the kernel's words. */
    List<String> run(List<Step> steps) {
        Map<Knob, Long> before = knobs();
        files.clearWrites();
        for (Step step : steps) {
            assertThat(ksm.write(step.knob(), step.value()))
                    .as("%s, one of %s from %s", step, steps, before)
                    .isEqualTo(new WriteResult.Written(step.knob(), step.value()));
            assertThat(spins())
                    .as("0 pages with 0 sleep after %s of %s from %s", step, steps, before)
                    .isFalse();
        }
        return files.writes();
    }

    private boolean spins() {
        return files.value(Knob.PAGES_TO_SCAN) == 0 && files.value(Knob.SLEEP_MILLISECS) == 0;
    }
}
