package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The memory cgroups of processes, version 1 or 2, where the host has them mounted. Seen from a container of its own cgroup namespace too:
 * there a path begins with {@code /..} for each level that cannot be named, and what is below it is looked for.
 */
final class MemoryCgroups {
    /** No machine has an exbibyte, and version 1 says "no limit" with a number that large. */
    private static final long NO_LIMIT = 1L << 60;

    private static final int MOST_LEVELS = 64;
    private static final int MOST_LEVELS_UNNAMED = 3;
    private static final int MOST_DIRECTORIES = 4096;
    private static final String UP = "/..";

    private final ProcFiles proc;
    private final Path mounted;

    /** @param mounted the host's /sys/fs/cgroup */
    MemoryCgroups(ProcFiles proc, Path mounted) {
        this.proc = proc;
        this.mounted = mounted;
    }

    /** The names of the files, which differ between the versions. */
    private enum Version {
        V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
        V2("memory.max", "memory.current", "inactive_file ");

        private final String limit;
        private final String usage;
        private final String cache;

        Version(String limit, String usage, String cache) {
            this.limit = limit;
            this.usage = usage;
            this.cache = cache;
        }
    }

    /** Where a process is. */
    private record Place(Version version, Path root, String path) {}

    /** The process's cgroup and those above it, the innermost first, as far as they have a limit; empty where nobody can tell. */
    Optional<List<MemoryCgroup>> limiting(int pid) {
        Optional<Place> place = place(pid);
        return place.filter(found -> found.path().equals("/")).isPresent()
                ? Optional.of(List.of())
                : place.flatMap(MemoryCgroups::named).map(MemoryCgroups::limiting);
    }

    private static List<MemoryCgroup> limiting(Place place) {
        List<MemoryCgroup> limiting = new ArrayList<>();
        String path = place.path();
        for (int level = 0; level < MOST_LEVELS && !path.isEmpty(); level++) {
            read(place, path).ifPresent(limiting::add);
            path = path.substring(0, path.lastIndexOf('/'));
        }
        return limiting;
    }

    /** From /proc/PID/cgroup, see cgroups(7): {@code 4:memory:/PATH} of version 1, else {@code 0::/PATH}. */
    private Optional<Place> place(int pid) {
        String lines;
        try {
            lines = proc.read(pid + "/cgroup");
        } catch (IOException gone) {
            return Optional.empty();
        }
        Optional<Place> first = lines.lines()
                .map(line -> line.split(":", 3))
                .filter(fields ->
                        fields.length == 3 && List.of(fields[1].split(",")).contains("memory"))
                .map(fields -> new Place(Version.V1, mounted.resolve("memory"), fields[2]))
                .findFirst();
        return first.or(() -> ProcFiles.line(lines, "0::").map(path -> new Place(Version.V2, mounted, path)))
                .filter(place -> place.path().startsWith("/"));
    }

    /** The same place with a path that begins at the root of the hierarchy; empty where it is not found, or more than once. */
    private static Optional<Place> named(Place place) {
        String below = place.path();
        while (below.startsWith(UP)) {
            below = below.substring(UP.length());
        }
        // Whoever is given a part of the hierarchy names cgroups as he likes, and not every name makes a path.
        boolean plain = Text.printable(below).equals(below) && !(below + "/").contains("/../");
        if (below.equals("/") || below.isEmpty() || !plain) {
            return Optional.empty();
        }
        if (below.equals(place.path()) && Files.isDirectory(inside(place.root(), below))) {
            return Optional.of(place);
        }
        List<Path> prefixes = List.of(place.root());
        for (int level = 0; level <= MOST_LEVELS_UNNAMED; level++) {
            String rest = below;
            List<Path> found = prefixes.stream()
                    .map(prefix -> inside(prefix, rest))
                    .filter(Files::isDirectory)
                    .toList();
            if (!found.isEmpty()) {
                return found.size() == 1
                        ? Optional.of(new Place(
                                place.version(),
                                place.root(),
                                "/" + place.root().relativize(found.getFirst())))
                        : Optional.empty();
            }
            prefixes = prefixes.stream()
                    .flatMap(prefix -> directories(prefix).stream())
                    .limit(MOST_DIRECTORIES)
                    .toList();
        }
        return Optional.empty();
    }

    private static Path inside(Path directory, String path) {
        return directory.resolve(path.substring(1));
    }

    private static List<Path> directories(Path parent) {
        List<Path> directories = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (Path entry : entries) {
                directories.add(entry);
            }
        } catch (IOException | DirectoryIteratorException gone) {
            // Then nothing is found in it.
        }
        return directories;
    }

    /** One cgroup again, as {@link #limiting} has named it; empty where it is gone. */
    Optional<MemoryCgroup> again(MemoryCgroup known) {
        Version version = Files.isDirectory(mounted.resolve("memory")) ? Version.V1 : Version.V2;
        Path root = version == Version.V1 ? mounted.resolve("memory") : mounted;
        return read(new Place(version, root, known.path()), known.path());
    }

    private static Optional<MemoryCgroup> read(Place place, String path) {
        ProcFiles files = new ProcFiles(inside(place.root(), path));
        try {
            OptionalLong limit = Text.unsigned(files.read(place.version().limit).strip());
            OptionalLong usage = Text.unsigned(files.read(place.version().usage).strip());
            if (limit.isEmpty() || usage.isEmpty() || limit.getAsLong() >= NO_LIMIT) {
                return Optional.empty();
            }
            long cache = ProcFiles.number(files.read("memory.stat"), place.version().cache)
                    .orElse(0);
            return Optional.of(new MemoryCgroup(
                    path, limit.getAsLong(), Math.max(0, Math.min(usage.getAsLong(), NO_LIMIT) - cache)));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
