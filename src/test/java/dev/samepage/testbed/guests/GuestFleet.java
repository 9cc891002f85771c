package dev.samepage.testbed.guests;

import dev.samepage.testbed.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;

/** Guests that run at the same time. All end with {@link #close()}, and with this JVM. Not for use by several threads. */
public final class GuestFleet implements AutoCloseable {
    private static final int LAST_LINES = 5;

    private final GuestKind kind;
    private final Path directory;
    private final Map<Long, Guest> guests = new LinkedHashMap<>();
    private int started;

    /** A guest and the moment when its memory is filled; failed if it ends before. */
    private record Guest(Process process, CompletableFuture<Void> ready) {}

    private GuestFleet(GuestKind kind, Path directory) {
        this.kind = kind;
        this.directory = directory;
    }

    /** Starts guests and does not wait for them. */
    public static GuestFleet start(int count, GuestKind kind) {
        try {
            Path directory = Files.createTempDirectory("samepage-guests-");
            directory.toFile().deleteOnExit();
            var fleet = new GuestFleet(kind, directory);
            fleet.add(count);
            return fleet;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts more guests of the same kind and does not wait for them. */
    public void add(int count) {
        try {
            for (int i = 0; i < count; i++) {
                Process process = new ProcessBuilder(kind.command(started++, directory))
                        .redirectErrorStream(true)
                        .start();
                var ready = new CompletableFuture<Void>();
                // Not a virtual thread: one that reads a pipe keeps its carrier, and there are no more of those than
                // CPUs.
                Thread.ofPlatform().daemon().start(() -> listen(process, ready));
                guests.put(process.pid(), new Guest(process, ready));
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    private static void listen(Process process, CompletableFuture<Void> ready) {
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.stripTrailing().endsWith(GuestKind.READY)) {
                    ready.complete(null);
                }
                last.add(line);
                if (last.size() > LAST_LINES) {
                    last.remove();
                }
            }
        } catch (IOException e) {
            last.add(e.toString());
        }
        ready.completeExceptionally(new IllegalStateException(
                "guest " + process.pid() + " ended before it was ready: " + String.join("\n", last)));
    }

    /**
     * Waits until every guest has filled its memory.
     *
     * @throws CompletionException if one ends before; the others are ended then
     */
    public GuestFleet awaitReady() {
        try {
            guests.values().forEach(guest -> guest.ready().join());
            return this;
        } catch (CompletionException e) {
            close();
            throw e;
        }
    }

    /** The process ids of the guests that have not been stopped, oldest first. */
    public List<Long> pids() {
        return List.copyOf(guests.keySet());
    }

    /** Those of {@link #pids} whose memory is filled. */
    public List<Long> readyPids() {
        return guests.entrySet().stream()
                .filter(guest -> guest.getValue().ready().state() == Future.State.SUCCESS)
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Ends one guest and waits until it is gone.
     *
     * @throws IllegalArgumentException if it is none of this fleet's
     */
    public void stop(long pid) {
        Guest guest = guests.remove(pid);
        if (guest == null) {
            throw new IllegalArgumentException(pid + " is not a guest of this fleet");
        }
        end(List.of(guest));
    }

    /** What merging truly saves between the guests of this fleet, in bytes; slow: the kernel walks all their pages. */
    public long trueSavedBytes() {
        return SharedPages.savedBytes(guests.keySet());
    }

    @Override
    public void close() {
        end(List.copyOf(guests.values()));
        guests.clear();
        try {
            new FileTree(directory).delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(List<Guest> leaving) {
        leaving.forEach(guest -> guest.process().destroyForcibly());
        leaving.forEach(guest -> guest.process().onExit().join());
    }
}
