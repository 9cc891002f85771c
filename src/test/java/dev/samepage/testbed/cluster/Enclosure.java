package dev.samepage.testbed.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one cluster run in: a work directory, a cgroup of the same name, and a network and mounts of their own.
 * Whatever runs there is ended with it, and leaves nothing behind.
 *
 * <p>A script in a session of its own makes it and clears it away: on {@link #close()}, and when this JVM is gone, however
 * it ended. It needs neither names nor recorded process ids for that, because a process cannot leave its cgroup by
 * forking; the network and the mounts end with the last process that has them.
 */
final class Enclosure implements AutoCloseable {
    /** Joins the cgroup in each of its hierarchies, then runs the other arguments. */
    private static final String JOIN = """
            for group in "/sys/fs/cgroup/$0/daemons" /sys/fs/cgroup/*/"$0/daemons"; do
              if [ -d "$group" ]; then echo 0 >"$group/cgroup.procs" || exit 1; fi
            done
            exec setsid "$@"
            """;

    /** Where the parts, and what runs in pods, keep what they have no setting for. On this machine they are only places to mount on. */
    private static final List<String> PRIVATE = List.of(
            "/run/containerd",
            "/run/samepage",
            "/var/lib/containerd",
            "/var/lib/cni",
            "/var/lib/kubelet",
            "/var/log/containers",
            "/var/log/pods");

    private final Process keeper;
    private final BufferedReader said;
    private final Path directory;
    private final String holder;

    private Enclosure(Process keeper, BufferedReader said, Path directory, String holder) {
        this.keeper = keeper;
        this.said = said;
        this.directory = directory;
        this.holder = holder;
    }

    /**
     * Makes one, and clears away what others have left that were cut short together with their script.
     *
     * @param addresses of the loopback device, such as {@code 10.96.0.1/32}
     * @throws IllegalStateException if it cannot be made, with the reason
     */
    static Enclosure open(String... addresses) throws IOException {
        Process keeper = new ProcessBuilder(
                        "setsid",
                        "sh",
                        "-c",
                        script(),
                        "enclosure",
                        System.getProperty("java.io.tmpdir"),
                        String.join(" ", addresses),
                        String.join(" ", PRIVATE))
                .redirectErrorStream(true)
                .start();
        var said = keeper.inputReader(StandardCharsets.UTF_8);
        String directory = null;
        String holder = null;
        var otherwise = new StringBuilder();
        while (holder == null) {
            @Nullable String line = said.readLine();
            if (line == null) {
                throw new IllegalStateException("A cluster's network and mounts cannot be made: " + otherwise);
            } else if (line.startsWith("directory ")) {
                directory = line.substring("directory ".length());
            } else if (line.startsWith("holder ")) {
                holder = line.substring("holder ".length());
            } else {
                otherwise.append('\n').append(line);
            }
        }
        return new Enclosure(keeper, said, Path.of(Objects.requireNonNull(directory)), holder);
    }

    private static String script() throws IOException {
        try (InputStream script = Objects.requireNonNull(Enclosure.class.getResourceAsStream("enclosure.sh"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The process of the script. */
    Process keeper() {
        return keeper;
    }

    /** The work directory; deleted as a whole. */
    Path directory() {
        return directory;
    }

    /** The cgroup, below the root of each hierarchy. */
    String cgroup() {
        return "/" + directory.getFileName();
    }

    /** Where the enclosed see a directory of {@link #PRIVATE}, this machine sees this. */
    Path outside(String path) {
        return directory.resolve(path.substring(1));
    }

    /** The network, for {@code nsenter --net}. */
    Path network() {
        return Path.of("/proc", holder, "ns/net");
    }

    /** The command that runs another inside, with its network and its mounts, in the work directory. */
    List<String> inside(List<String> words) {
        return join(
                List.of(
                        "nsenter",
                        "--net=" + network(),
                        "--mount=" + Path.of("/proc", holder, "ns/mnt"),
                        "--wdns=" + directory,
                        "--"),
                words);
    }

    /** The command that runs another with only its network, in the present directory. */
    List<String> inNetwork(List<String> words) {
        return join(List.of("nsenter", "--net=" + network(), "--"), words);
    }

    private List<String> join(List<String> enter, List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("sh", "-c", JOIN, directory.getFileName().toString()));
        all.addAll(enter);
        all.addAll(words);
        return all;
    }

    /**
     * Ends everything and deletes everything.
     *
     * @throws IllegalStateException if something is left
     */
    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            String left = said.readAllAsString().strip();
            if (keeper.waitFor() != 0 || !left.isEmpty()) {
                throw new IllegalStateException("A cluster is not cleared away: " + left);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            // The script goes on by itself.
            Thread.currentThread().interrupt();
        }
    }
}
