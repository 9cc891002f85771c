package dev.samepage.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Looks in the host's /proc for programs that are known to write KSM's knobs. One short file for each process, and a second one for each
 * interpreter of scripts: for when a write was seen, not for every second. Not for use by two threads at once.
 */
public final class Suspects {
    /** The kernel keeps this much of a program's name ({@code TASK_COMM_LEN} less the end). */
    private static final int COMM_LENGTH = 15;

    private static final int MOST_PROCESSES = 100_000;

    /** The interpreter, up to two options of its own, and the script. */
    private static final int ARGUMENTS = 4;

    private final ProcFiles files;
    private final Lookout lookout;

    Suspects(ProcFiles files, Duration patience) {
        this.files = files;
        lookout = new Lookout(patience);
    }

    /** Who of those that run may have written these values; empty where none of the known ones can. */
    public Optional<Suspect> of(Map<Knob, Long> written) {
        Map<KnownWriter, Suspect> running = running();
        return Arrays.stream(KnownWriter.values())
                .filter(writer -> writer.writes(written) && running.containsKey(writer))
                .map(running::get)
                .findFirst();
    }

    /** Whether that program still runs, be it as another process. One short file as long as it is the same. */
    public boolean stillRuns(Suspect suspect) {
        boolean same = programs(List.of(suspect.pid())).get(suspect.pid()) == suspect.writer();
        return same || running().containsKey(suspect.writer());
    }

    /** Of each program the process with the lowest id. */
    private Map<KnownWriter, Suspect> running() {
        Map<KnownWriter, Suspect> running = new EnumMap<>(KnownWriter.class);
        try {
            programs(files.pids().stream().limit(MOST_PROCESSES).toList())
                    .forEach((pid, writer) -> running.putIfAbsent(writer, new Suspect(writer, pid)));
        } catch (IOException e) {
            // A /proc that cannot be listed shows nobody.
        }
        return running;
    }

    /** Which of these processes are known programs, in the order of their ids. Of one that does not answer nothing is known. */
    private SortedMap<Integer, KnownWriter> programs(Collection<Integer> pids) {
        SortedMap<Integer, KnownWriter> programs = new TreeMap<>();
        lookout.look(pids, this::program)
                .forEach((pid, program) -> program.ifPresent(writer -> programs.put(pid, writer)));
        return programs;
    }

    private Optional<KnownWriter> program(int pid) {
        try {
            String comm = files.read(pid + "/comm").strip();
            for (KnownWriter writer : KnownWriter.values()) {
                if (comm.equals(cut(writer.program()))) {
                    return Optional.of(writer);
                }
            }
            return isInterpreter(comm) ? script(pid) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static String cut(String program) {
        return program.substring(0, Math.min(program.length(), COMM_LENGTH));
    }

    private static boolean isInterpreter(String comm) {
        return comm.equals("bash") || comm.equals("sh") || comm.startsWith("python") || comm.equals("platform-python");
    }

    private Optional<KnownWriter> script(int pid) throws IOException {
        String[] arguments = new String(files.bytes(pid + "/cmdline"), StandardCharsets.ISO_8859_1).split("\0", -1);
        for (int i = 1; i < Math.min(arguments.length, ARGUMENTS); i++) {
            String argument = arguments[i];
            if (!argument.startsWith("-")) {
                String name = argument.substring(argument.lastIndexOf('/') + 1);
                return Arrays.stream(KnownWriter.values())
                        .filter(writer -> writer.program().equals(name))
                        .findFirst();
            }
        }
        return Optional.empty();
    }
}
