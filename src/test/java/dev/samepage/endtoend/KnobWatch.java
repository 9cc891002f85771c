package dev.samepage.endtoend;

import dev.samepage.kernel.Ksm;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sees every write to a file of the kernel's KSM directory, by whomever and through whichever mount: inotify(7) watches the file itself.
 * What the kernel changes by itself, such as its counters, is not seen.
 */
final class KnobWatch implements AutoCloseable {
    private final WatchService watch;

    KnobWatch() throws IOException {
        watch = FileSystems.getDefault().newWatchService();
        Ksm.DEFAULT.register(watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.OVERFLOW);
    }

    /** The names of the files written since the last call; a file that was written several times may be there once. */
    List<String> written() {
        List<String> names = new ArrayList<>();
        for (WatchKey key = watch.poll(); key != null; key = watch.poll()) {
            Stream<WatchEvent<?>> events = key.pollEvents().stream();
            events.map(event -> event.kind().equals(StandardWatchEventKinds.OVERFLOW)
                            ? "too many to tell"
                            : event.context().toString())
                    .forEach(names::add);
            key.reset();
        }
        return names;
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }
}
