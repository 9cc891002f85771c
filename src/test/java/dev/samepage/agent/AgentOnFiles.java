package dev.samepage.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * The agent as a process of its own, on a directory with {@code ksm}, {@code proc} and {@code state}: starts, does one round of what it is told,
 * and ends. In place of the API server it has the KsmNode's spec as an argument.
 */
final class AgentOnFiles {
    /** What un-merges is a JVM of its own; a test may give it another home, and with it another {@code bin/java}. */
    static final String CHILDS_JAVA_HOME = "samepage.test.childs-java-home";

    private AgentOnFiles() {}

    public static void main(String... args) throws IOException {
        Path directory = Path.of(args[0]);
        KsmNodeSpec spec = new ObjectMapper().readValue(args[1], KsmNodeSpec.class);
        System.setProperty("java.home", System.getProperty(CHILDS_JAVA_HOME, System.getProperty("java.home")));
        Host host = Host.at(
                directory.resolve("ksm"), directory.resolve("proc"), directory.resolve("cgroup"), Clock.systemUTC());
        StateDirectory state = new StateDirectory(directory.resolve("state"));
        try (Closeable _ = state.tryLock().orElseThrow()) {
            Agent agent = new Agent(
                    "worker-3",
                    host,
                    state,
                    new Told(spec),
                    new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                    System::nanoTime,
                    new Activity());
            System.out.println(agent.round().message());
        }
    }

    private record Told(KsmNodeSpec spec) implements ControlPlane {
        @Override
        public Knowledge knowledge() {
            return new Knowledge.Present(spec, 1L, null);
        }

        @Override
        public void report(KsmNodeStatus status) {
            // Nobody asks.
        }
    }
}
