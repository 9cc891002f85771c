package dev.samepage.operator;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The file that holds the agent's DaemonSet. It belongs to the installation, which can change any field of it; only the
 * namespace and the label by which the operator knows its own are set here.
 */
record AgentManifest(Path file) {
    /** Marks the DaemonSets that the operator keeps, and may delete. */
    static final String OWN = "app.kubernetes.io/managed-by";

    static final String OPERATOR = "samepage-operator";

    /** What the file turned out to be. */
    sealed interface Content {
        record Agent(DaemonSet daemonSet) implements Content {}

        /** {@code reason} is a sentence for a person. */
        record Unusable(String reason) implements Content {}
    }

    /** Reads the file and places its DaemonSet in {@code namespace}. Any other file is {@link Content.Unusable}. */
    Content read(String namespace, KubernetesSerialization serialization) {
        try {
            List<Object> documents = documents(Files.readString(file));
            if (documents.size() != 1) {
                return unusable("it holds %d YAML documents and not one".formatted(documents.size()));
            }
            if (!(documents.getFirst() instanceof Map<?, ?> fields)) {
                return unusable("it holds no Kubernetes object");
            }
            if (!"apps/v1".equals(fields.get("apiVersion")) || !"DaemonSet".equals(fields.get("kind"))) {
                return unusable("it is a %s of %s and not a DaemonSet of apps/v1"
                        .formatted(fields.get("kind"), fields.get("apiVersion")));
            }
            return placed(serialization.convertValue(fields, DaemonSet.class), namespace);
        } catch (NoSuchFileException e) {
            return unusable("there is no such file");
        } catch (IOException e) {
            return unusable("it cannot be read (%s)".formatted(e));
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> " (line %d, column %d)".formatted(mark.getLine() + 1, mark.getColumn() + 1))
                    .orElse("");
            return unusable("it is not YAML: %s%s".formatted(e.getProblem(), where));
        } catch (YamlEngineException e) {
            return unusable("it is not YAML: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return unusable("it is not a valid DaemonSet: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static List<Object> documents(String yaml) {
        var documents = new ArrayList<Object>();
        new Load(LoadSettings.builder().build()).loadAllFromString(yaml).forEach(document -> {
            if (document != null) {
                documents.add(document);
            }
        });
        return documents;
    }

    private Content placed(DaemonSet daemonSet, String namespace) {
        if (daemonSet.getMetadata() == null || daemonSet.getMetadata().getName() == null) {
            return unusable("its DaemonSet has no metadata.name");
        }
        return new Content.Agent(new DaemonSetBuilder(daemonSet)
                .editMetadata()
                .withNamespace(namespace)
                .addToLabels(OWN, OPERATOR)
                .endMetadata()
                .withStatus(null)
                .build());
    }

    private Content unusable(String why) {
        return new Content.Unusable(
                "The agent's manifest %s cannot be used: %s. The agent stays as it is; give samepage.agent.manifest a file with its DaemonSet."
                        .formatted(file, why));
    }
}
