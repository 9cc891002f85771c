package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.SystemCall;
import dev.samepage.testbed.Trace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A node in a directory of its own, and one run of {@link AgentOnFiles} there, which may be killed. The node has plain files in the place of
 * the kernel's: they take everything, and are empty between the opening of one and the write. What the kernel would have made of the run's
 * writes is found by giving them to a {@link FakeKsm}, on which the agents after it work.
 *
 * @param directory where everything is
 * @param node the node as it was before the run
 */
record KilledRun(Path directory, NodeUnderTest node) {
    /**
     * The kernel as it was found, with 4 MB saved by pages that are not counted as shared, which no kernel has: it is to be un-merged, but plain
     * files in which that saving stays do not look as if the un-merge had failed, nor as if NUMA's knob were held up.
     */
    static FakeKsm kernel() {
        return FakeKsm.linux618()
                .with(Knob.RUN, 1)
                .with(Knob.PAGES_TO_SCAN, 333)
                .with(Knob.SLEEP_MILLISECS, 44)
                .with(Counter.PAGES_SHARING, 1000);
    }

    /** A node that so much has happened to. */
    static KilledRun of(Path directory, Consumer<NodeUnderTest> before) throws IOException {
        Files.createDirectories(directory);
        NodeUnderTest node = new NodeUnderTest(kernel(), directory);
        before.accept(node);
        Path ksm = Files.createDirectories(directory.resolve("ksm"));
        for (Map.Entry<Knob, Long> knob : node.knobs().entrySet()) {
            Files.writeString(ksm.resolve(knob.getKey().file()), knob.getKey().text(knob.getValue()) + "\n");
        }
        for (Counter counter : Counter.values()) {
            Files.writeString(ksm.resolve(counter.file()), node.ksm.read(counter.file()) + "\n");
        }
        return new KilledRun(directory, node);
    }

    /** Has the kernel take what the run has written, and gives the node the journal that it left. */
    NodeUnderTest after(Trace run, Path next, Consumer<NodeUnderTest> before) throws IOException {
        NodeUnderTest after = new NodeUnderTest(kernel(), next);
        before.accept(after);
        Path ksm = run.under().resolve("ksm");
        for (SystemCall call : run.operations()) {
            for (Path path : call.paths()) {
                if (call.ended() && path.startsWith(ksm) && call.data().isPresent()) {
                    after.ksm.write(ksm.relativize(path).toString(), call.data().orElseThrow());
                }
            }
        }
        copyState(after.state);
        return after;
    }

    private void copyState(Path target) throws IOException {
        Files.createDirectories(target);
        try (DirectoryStream<Path> old = Files.newDirectoryStream(target)) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        if (Files.exists(node.state)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(node.state)) {
                for (Path file : files) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
        }
    }

    /** What the plain files hold; without those that hold no value. */
    Map<Knob, Long> files() throws IOException {
        Map<Knob, Long> values = new EnumMap<>(Knob.class);
        for (Knob knob : node.knobs().keySet()) {
            OptionalLong value =
                    knob.parse(Files.readString(directory.resolve("ksm").resolve(knob.file()))
                            .strip());
            if (value.isPresent()) {
                values.put(knob, value.getAsLong());
            }
        }
        return values;
    }

    /** The originals that a state directory holds, as the kernel writes them; empty where there is no such file. A line without its end is none. */
    static Map<String, String> originals(Path state) throws IOException {
        Path file = state.resolve("originals");
        if (!Files.exists(file)) {
            return Map.of();
        }
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("boot "))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(' ')), line -> line.substring(line.indexOf(' ') + 1)));
    }
}
