package dev.samepage.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has a program end when its standard input does, which is when the JVM that started it is gone. It keeps the process id that it was started
 * with, and is in a session of its own, so that Ctrl-C in a terminal does not reach it.
 */
public final class Tether {
    /** The first argument is what the program's command line contains, so that no other process is ended in its place. */
    private static final String SCRIPT = """
            exec 3<&0
            mark=$1
            shift
            (
              trap '' HUP INT TERM
              cat <&3 >/dev/null
              if grep -qF -- "$mark" /proc/$$/cmdline; then kill $$; fi
            ) >/dev/null 2>&1 &
            exec setsid "$@" </dev/null 3<&-
            """;

    private static final Duration LONGEST_END = Duration.ofSeconds(30);

    private Tether() {}

    /** What to start in place of a program with its arguments. Leave its standard input a pipe. */
    public static List<String> around(List<String> words) {
        String mark = String.valueOf(Path.of(words.getFirst()).getFileName());
        List<String> tethered = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "sh", mark));
        tethered.addAll(words);
        return tethered;
    }

    /** Ends a program as Kubernetes would: SIGTERM, and after a while SIGKILL. */
    public static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
