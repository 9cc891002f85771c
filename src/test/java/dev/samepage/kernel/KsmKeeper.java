package dev.samepage.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts the kernel's knobs back when this JVM is gone without having said that it did so itself, however it went: a process in a session of
 * its own, which needs nothing of it. What the JVM had started may live a little longer and write again, so it stays until all is quiet.
 */
final class KsmKeeper implements AutoCloseable {
    /** Arguments: the directory, then each knob as FILE=TEXT in the order in which they are written. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            cd "$1" || exit
            shift
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
    KsmKeeper(Map<Knob, Long> found) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "keeper", Ksm.DEFAULT.toString()));
        // The advisor decides whether pages_to_scan may be written, and nothing runs before all is set.
        add(words, Knob.ADVISOR_MODE, found);
        found.keySet().stream()
                .filter(knob -> knob != Knob.ADVISOR_MODE && knob != Knob.RUN)
                .forEach(knob -> add(words, knob, found));
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
