package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The journal's files, in memory, on a disk that may be in trouble. What becomes of them is told to the {@link NodeModel}. */
final class WatchedJournal implements StateFiles {
    /** What is wrong with the disk. */
    enum Disk {
        WELL,
        FULL,
        READ_ONLY,
        UNREADABLE
    }

    private final NodeModel model;
    private final Map<String, String> files = new HashMap<>();
    private Disk disk = Disk.WELL;

    WatchedJournal(NodeModel model) {
        this.model = model;
    }

    void disk(Disk next) {
        disk = next;
    }

    /** The originals lose everything after so many lines, which begin with two that tell what they are. */
    void cutOriginals(int lines) {
        files.computeIfPresent(
                "originals", (_, text) -> text.lines().limit(lines).collect(Collectors.joining("\n", "", "\n")));
    }

    /** Of a file nothing is left but nonsense. */
    void spoil(String name) {
        files.computeIfPresent(name, (_, _) -> "nonsense");
    }

    /** Whether it can be read and written. */
    boolean works() {
        return disk == Disk.WELL;
    }

    /** As by a reboot, where it is in /run. */
    void clear() {
        files.clear();
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        if (disk == Disk.UNREADABLE) {
            throw new IOException("Input/output error");
        }
        return Optional.ofNullable(files.get(name));
    }

    @Override
    public void replace(String name, String content) throws IOException {
        switch (disk) {
            case FULL -> throw new IOException("No space left on device");
            case READ_ONLY -> throw new IOException("Read-only file system");
            case WELL, UNREADABLE -> files.put(name, content);
        }
        switch (name) {
            case "originals" -> model.saves(knobs(content));
            case "spec.json" -> model.remembers();
            default -> {}
        }
    }

    @Override
    public String setAside(String name) throws IOException {
        String kept = Objects.requireNonNull(files.get(name), name);
        if (name.equals("originals")) {
            model.loses(knobs(kept));
        } else {
            model.forgets();
        }
        if (disk == Disk.READ_ONLY) {
            throw new IOException("Read-only file system");
        }
        files.put(name + ".damaged-1", kept);
        return this + "/" + name + ".damaged-1";
    }

    @Override
    public Optional<Path> damagedOriginals() {
        return files.containsKey("originals.damaged-1")
                ? Optional.of(Path.of("/run/samepage/originals.damaged-1"))
                : Optional.empty();
    }

    @Override
    public void delete(String name) throws IOException {
        if (disk == Disk.READ_ONLY) {
            throw new IOException("Read-only file system");
        }
        switch (name) {
            case "originals" -> model.releases();
            case "spec.json" -> model.forgets();
            default -> {}
        }
        files.remove(name);
    }

    private static Map<Knob, Long> knobs(String originals) {
        Map<Knob, Long> values = new EnumMap<>(Knob.class);
        for (Knob knob : Knob.values()) {
            String prefix = knob.file() + " ";
            originals
                    .lines()
                    .filter(line -> line.startsWith(prefix))
                    .forEach(line -> values.put(
                            knob, knob.parse(line.substring(prefix.length())).orElseThrow()));
        }
        return values;
    }

    @Override
    public String toString() {
        return "/run/samepage";
    }
}
