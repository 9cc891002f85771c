package dev.samepage.agent;

import dev.samepage.kernel.KsmFiles;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the agent's loop is, and what the kubelet should make of it: whether its node is being looked after, and whether a restart would help.
 *
 * <p>A thread that hangs in a call of the kernel cannot be helped by a restart: while it sleeps uninterruptibly not even SIGKILL ends it, and
 * the next agent would hang in the same place. To kill the agent then, again and again, would only take away what can still be seen of it.
 */
sealed interface Health {
    /** Rounds take milliseconds: a minute without one is worth to be seen. */
    Duration SILENT = Duration.ofMinutes(1);

    /** What computes for so long does not come to an end. */
    Duration STUCK = Duration.ofMinutes(15);

    /** Whether no restart is called for. */
    boolean alive();

    /** Whether the node is being looked after. */
    boolean ready();

    /** The same for a person. */
    String text();

    /** Rounds come to an end. */
    record Running() implements Health {
        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public String text() {
            return "ok";
        }
    }

    /** No round has begun: another samepage works on this host, or the host's files hold the start up. */
    record Waiting() implements Health {
        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean ready() {
            return false;
        }

        @Override
        public String text() {
            return "no round has begun yet";
        }
    }

    /**
     * The loop waits for the host: for a file, or for memory that is being un-merged.
     *
     * @param call what it waits in
     */
    record Held(Duration silence, String call) implements Health {
        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean ready() {
            return false;
        }

        @Override
        public String text() {
            return "no round has ended for %d s: waiting for the host in %s".formatted(silence.toSeconds(), call);
        }
    }

    /** Rounds fail, or one does not end and waits for nothing. */
    record Silent(Duration silence) implements Health {
        @Override
        public boolean alive() {
            return silence.compareTo(STUCK) < 0;
        }

        @Override
        public boolean ready() {
            return false;
        }

        @Override
        public String text() {
            return "no round has succeeded for %d s".formatted(silence.toSeconds());
        }
    }

    /**
     * The call to the host that a thread is in. All of them are made by the package {@code kernel} and by {@link StateDirectory}.
     *
     * @param stack the thread's, with the innermost frame first
     */
    static Optional<String> held(StackTraceElement[] stack) {
        String kernel = KsmFiles.class.getPackageName() + ".";
        return Arrays.stream(stack)
                .filter(frame -> frame.getClassName().startsWith(kernel)
                        || frame.getClassName().equals(StateDirectory.class.getName()))
                .findFirst()
                .map(frame -> frame.getClassName()
                                .substring(frame.getClassName().lastIndexOf('.') + 1) + "." + frame.getMethodName());
    }
}
