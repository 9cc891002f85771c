package dev.samepage.agent;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KsmFiles;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The kernel's files, each write to which is told to the {@link NodeModel} before it is made. */
final class WatchedKernel implements KsmFiles {
    private final FakeKsm ksm;
    private final NodeModel model;

    /** Which files there are does not change, so that need not be asked each time: it takes most of the time otherwise. */
    private final Map<String, Boolean> files = new HashMap<>();

    private final Map<String, Knob> knobs = new HashMap<>();

    WatchedKernel(FakeKsm ksm, NodeModel model) {
        this.ksm = ksm;
        this.model = model;
        ksm.knobs().keySet().forEach(knob -> knobs.put(knob.file(), knob));
    }

    @Override
    public boolean exists(String file) {
        return files.computeIfAbsent(file, ksm::exists);
    }

    @Override
    public String read(String file) throws IOException {
        Knob knob = knobs.get(file);
        return knob == null ? ksm.read(file) : knob.text(ksm.value(knob));
    }

    @Override
    public void write(String file, String text) throws IOException {
        model.writes(file + "=" + text);
        ksm.write(file, text);
    }

    @Override
    public void checkWritable(String file) throws IOException {
        ksm.checkWritable(file);
    }
}
