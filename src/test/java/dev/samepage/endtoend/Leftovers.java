package dev.samepage.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.cluster.OneNodeCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What there is of Samepage in a cluster and on its node. */
record Leftovers(Administrator administrator) {
    private OneNodeCluster cluster() {
        return administrator.cluster();
    }

    /** Every object whose name has the project's in it, but for events, which the API server deletes after an hour. */
    List<String> objects() {
        String kinds = String.join(
                ",",
                administrator
                        .type("kubectl api-resources --verbs=list --output=name")
                        .lines()
                        .filter(kind -> !kind.startsWith("events"))
                        .toList());
        return administrator
                .type("kubectl get " + kinds + " --all-namespaces --ignore-not-found --output=name")
                .lines()
                .filter(name -> name.contains("samepage") || name.contains("ksmnode") || name.contains("ksmpolic"))
                .toList();
    }

    /** Every file in the node's /run/samepage; the directory itself is the kubelet's. */
    List<Path> files() {
        Path state = cluster().agentState();
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(Predicate.not(state::equals)).toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes of the agents, as this machine numbers them. */
    List<Long> agents() {
        return cluster().processes("java @/samepage/agent ");
    }

    /** The process of the one agent that there must be. */
    long agent() {
        List<Long> agents = agents();
        assertThat(agents).as("agents").hasSize(1);
        return agents.getFirst();
    }

    /** Every process of operator or agent. */
    List<Long> processes() {
        return cluster().processes("java @/samepage/");
    }
}
