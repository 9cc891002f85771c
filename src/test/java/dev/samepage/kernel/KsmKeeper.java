package dev.samepage.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts the kernel's knobs back when this JVM is gone without having said that it did so itself, however it went: a process in a session of
 * its own, which needs nothing of it. What the JVM had started may live a little longer and write again, so it stays until all is quiet.
 */
public final class KsmKeeper implements AutoCloseable {
    /** Held by a keeper as long as it may write. */
    static final String LOCK = "/run/samepage-test.keeper.lock";

    /** Arguments: the lock, the directory, then each knob as FILE=TEXT in the order in which they are written. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            exec 9>"$1" && flock 9 && cd "$2" || exit
            shift 2
            if read -r said && [ "$said" = done ]; then exit; fi
            as_found() {
              for knob in "$@"; do
                case $(cat "${knob%%=*}") in "${knob#*=}" | *"[${knob#*=}]"*) ;; *) return 1 ;; esac
              done
              [ "$(cat pages_shared)" = 0 ]
            }
            calm=0
            for second in $(seq 60); do
              if as_found "$@"; then
                calm=$((calm + 1))
                [ $calm = 5 ] && exit
              else
                calm=0
                echo 2 >run
                echo 0 >run
                for knob in "$@"; do echo "${knob#*=}" >"${knob%%=*}"; done
              fi
              sleep 1
            done
            """;

    private final Process process;

    /** @param found the knobs as they are to be again; no page was merged then */
    public KsmKeeper(Map<Knob, Long> found) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "keeper", LOCK, Ksm.DEFAULT.toString()));
        // The advisor begins with the figures it finds, and pages_to_scan is its own while it is on.
        boolean advised = found.getOrDefault(Knob.ADVISOR_MODE, 0L) != 0;
        found.keySet().stream()
                .filter(knob -> knob != Knob.ADVISOR_MODE && knob != Knob.PAGES_TO_SCAN && knob != Knob.RUN)
                .forEach(knob -> add(words, knob, found));
        add(words, Knob.ADVISOR_MODE, found);
        if (!advised) {
            add(words, Knob.PAGES_TO_SCAN, found);
        }
        add(words, Knob.RUN, found);
        process = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void add(List<String> words, Knob knob, Map<Knob, Long> found) {
        Long value = found.get(knob);
        if (value != null) {
            words.add(knob.file() + "=" + knob.text(value));
        }
    }

    /** All is as found again, and nobody needs to see to it. */
    @Override
    public void close() throws IOException {
        try (var words = process.outputWriter()) {
            words.write("done\n");
        }
    }
}
