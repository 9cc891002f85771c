package dev.samepage.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** KsmPolicy documents in which something is not as it should be, or is as unusual as it may be; the same for the same seed. */
final class MutatedPolicies {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> MODES =
            List.of("Observe", "Stopped", "Unmerged", "Fixed", "KernelAdvisor", "Adaptive");

    /** Names that mean something somewhere. */
    private static final List<String> NAMES = List.of(
            "mode",
            "fixed",
            "kernelAdvisor",
            "adaptive",
            "tunables",
            "unmerge",
            "onRemoval",
            "paused",
            "priority",
            "status",
            "finalizers",
            "ownerReferences",
            "__proto__",
            "",
            "x".repeat(300),
            "pagesToScan",
            "matchLabels",
            "spec");

    /** What the examples leave out. */
    private static final List<String> COMPLETE = List.of("""
            apiVersion: ksm.samepage.dev/v1alpha1
            kind: KsmPolicy
            metadata: {name: a}
            spec:
              nodeSelector: {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}
              priority: 5
              paused: false
              mode: Fixed
              fixed: {pagesToScan: 200, sleepMillis: 50}
              tunables:
                mergeAcrossNodes: true
                maxPageSharing: 256
                useZeroPages: true
                smartScan: true
                stableNodeChainsPruneMillis: 2000
              unmerge: {allowed: true, reservePercent: 20}
              onRemoval: RestoreAndUnmerge
              rollout: {maxConcurrent: 100%, maxFailures: 1}
            """, """
            apiVersion: ksm.samepage.dev/v1alpha1
            kind: KsmPolicy
            metadata: {name: a}
            spec:
              nodeSelector: {}
              priority: -3
              paused: true
              mode: Adaptive
              adaptive:
                maxCpuPercent: 50
                minSavedPerCpuSecond: 1Mi
                maxRestSeconds: 60
                activation: MemoryPressure
                memoryAvailableBelowPercent: 30
              onRemoval: Keep
              rollout: {maxConcurrent: 1, maxFailures: 50%}
            """);

    private final Random random;
    private final List<JsonNode> valid = new ArrayList<>();

    MutatedPolicies(long seed) {
        random = new Random(seed);
        YAMLMapper yaml = new YAMLMapper();
        try (Stream<Path> files = Files.list(Path.of("manifests/examples"))) {
            for (Path file : files.sorted().toList()) {
                valid.add(yaml.readTree(file.toFile()));
            }
            for (String complete : COMPLETE) {
                valid.add(yaml.readTree(complete));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next one, as JSON or as something that once was JSON. */
    String next(String name) {
        ObjectNode policy = pick(valid).deepCopy();
        policy.withObject("/metadata").put("name", name);
        if (random.nextInt(3) == 0) {
            policy.withObject("/spec").put("mode", pick(MODES));
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutate(policy);
        }
        String text = policy.toString();
        return random.nextInt(12) == 0 ? damaged(text) : text;
    }

    private void mutate(ObjectNode policy) {
        // Mostly in the spec: what is wrong elsewhere is refused before anybody looks at the rest.
        JsonNode root = random.nextInt(8) == 0 ? policy : policy.path("spec");
        List<ContainerNode<?>> places = new ArrayList<>();
        containers(root, places);
        if (places.isEmpty()) {
            return;
        }
        ContainerNode<?> place = pick(places);
        if (place instanceof ObjectNode object) {
            mutateObject(object);
        } else if (place instanceof ArrayNode array) {
            array.add(oddity());
        }
    }

    private void mutateObject(ObjectNode object) {
        List<String> fields = new ArrayList<>();
        object.fieldNames().forEachRemaining(fields::add);
        String field = fields.isEmpty() ? pick(NAMES) : pick(fields);
        switch (random.nextInt(6)) {
            case 0 -> object.remove(field);
            case 1 -> object.set(pick(NAMES), object.path(field).deepCopy());
            case 2 -> object.set(pick(NAMES), oddity());
            case 3 -> object.set(field, JSON.arrayNode().add(object.path(field).deepCopy()));
            case 4 -> object.set(field, near(object.path(field)));
            default -> object.set(field, oddity());
        }
    }

    /** Something of the same type. */
    private JsonNode near(JsonNode value) {
        if (value.isNumber()) {
            return JSON.numberNode(value.asLong() + random.nextInt(7) - 3);
        }
        if (value.isBoolean()) {
            return JSON.booleanNode(!value.asBoolean());
        }
        if (value.isTextual()) {
            return JSON.textNode(pick(List.of(
                    pick(MODES), "Keep", "RestoreAndUnmerge", "Always", "1Ki", "9999Gi", value.asText() + " ")));
        }
        return value.deepCopy();
    }

    private JsonNode oddity() {
        return switch (random.nextInt(16)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(-1);
            case 2 -> JSON.numberNode(0);
            case 3 -> JSON.numberNode(Integer.MAX_VALUE + 1L);
            case 4 -> JSON.numberNode(new BigInteger("9".repeat(40)));
            case 5 -> JSON.numberNode(0.5);
            case 6 -> JSON.booleanNode(random.nextBoolean());
            case 7 -> JSON.textNode("");
            case 8 -> JSON.textNode("x".repeat(1 << random.nextInt(17)));
            case 9 -> JSON.textNode("\u0000\u001b[2J\u202e\n\ud83d\ude00");
            case 10 -> JSON.textNode("{{ .Values }} ${jndi:ldap://127.0.0.1/x} $(id) ' OR 1=1");
            case 11 -> JSON.objectNode();
            case 12 -> JSON.arrayNode();
            case 13 -> nested(random.nextInt(300));
            case 14 -> many(random.nextInt(300));
            default -> JSON.objectNode().set("matchLabels", JSON.objectNode().put("a", "b"));
        };
    }

    private static JsonNode nested(int depth) {
        JsonNode inner = JSON.objectNode();
        for (int i = 0; i < depth; i++) {
            inner = JSON.objectNode().set("a", inner);
        }
        return inner;
    }

    private static JsonNode many(int count) {
        ArrayNode expressions = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
            expressions.addObject().put("key", "k" + i).put("operator", "DoesNotExist");
        }
        return JSON.objectNode().set("matchExpressions", expressions);
    }

    private String damaged(String text) {
        StringBuilder damaged = new StringBuilder(text);
        switch (random.nextInt(3)) {
            case 0 -> damaged.setLength(random.nextInt(text.length()));
            case 1 -> damaged.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0xd800));
            default -> damaged.insert(random.nextInt(text.length()), text.substring(random.nextInt(text.length())));
        }
        return damaged.toString();
    }

    private static void containers(JsonNode node, List<ContainerNode<?>> found) {
        if (node instanceof ContainerNode<?> container) {
            found.add(container);
            container.forEach(child -> containers(child, found));
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
