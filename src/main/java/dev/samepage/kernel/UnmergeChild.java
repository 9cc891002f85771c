package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The whole of the child process that un-merges: offers itself to the OOM killer, waits to be told, writes 2 to {@code run}, exits. It ends
 * when its standard input does, so that nothing is un-merged that nobody watches.
 */
final class UnmergeChild {
    /** Exit code: the write was refused, and the standard output says why. */
    static final int REFUSED = 3;

    /** Exit code: the parent is gone. */
    private static final int LEFT_ALONE = 4;

    /** What it says when it waits to be told. */
    static final String READY = "ready\n";

    /** What it is told, one byte. */
    static final int GO = 'g';

    private UnmergeChild() {}

    public static void main(String... args) {
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000", StandardOpenOption.WRITE);
        } catch (IOException e) {
            // The kernel marks the writer as the first victim anyway.
        }
        say(READY);
        if (!toldToGo()) {
            Runtime.getRuntime().halt(LEFT_ALONE);
        }
        Thread.ofPlatform().daemon().start(() -> {
            if (!toldToGo()) {
                Runtime.getRuntime().halt(LEFT_ALONE);
            }
        });
        try {
            new KsmDirectory(Path.of(args[0])).write(Knob.RUN.file(), Knob.RUN.text(2));
        } catch (IOException e) {
            say(Errno.of(e) + " " + Refusal.access(e));
            Runtime.getRuntime().halt(REFUSED);
        }
    }

    private static void say(String text) {
        System.out.print(text);
        System.out.flush();
    }

    private static boolean toldToGo() {
        try {
            return System.in.read() == GO;
        } catch (IOException e) {
            return false;
        }
    }

    /** What the child said before it exited with {@link #REFUSED}. */
    static UnmergeResult.Refused refusal(String output) {
        int space = output.indexOf(' ');
        for (Errno errno : Errno.values()) {
            if (space > 0 && output.substring(0, space).equals(errno.name())) {
                return new UnmergeResult.Refused(errno, cause(errno, output.substring(space + 1)));
            }
        }
        return new UnmergeResult.Refused(Errno.OTHER, Text.shown(output));
    }

    private static String cause(Errno errno, String text) {
        return switch (errno) {
            case ENOMEM -> "the kernel had no memory to go on; run is 0 and a part is un-merged";
            case EINTR -> "a signal stopped it; run is 0 and a part is un-merged";
            default -> Text.printable(text);
        };
    }
}
