package dev.samepage.install;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The objects of an installation by kind and name, such as {@code ServiceAccount samepage-agent}.
 *
 * <p>The agent's DaemonSet, which is text in a ConfigMap, is here as the fields that it stands for, and the ConfigMap has the name that its
 * author gave it, without the hash that Kustomize adds.
 */
record KubernetesObjects(Map<String, Map<String, Object>> byName) {
    private static final String AGENT = "samepage-agent";
    private static final String HASH = "-[a-z0-9]{10}";

    /** Reads what {@code kubectl kustomize} or {@code helm template} has written. */
    static KubernetesObjects of(String yaml) {
        Map<String, Map<String, Object>> byName = new TreeMap<>();
        documents(yaml).map(KubernetesObjects::object).forEach(object -> {
            String name = object.get("kind") + " " + field(object, "metadata", "name");
            if (name.matches("ConfigMap " + AGENT + HASH)) {
                name = "ConfigMap " + AGENT;
            }
            if (byName.put(name, object) != null) {
                throw new IllegalArgumentException("twice: " + name);
            }
        });
        Map<String, Object> agent = object(field(byName, "ConfigMap " + AGENT, "data"));
        agent.replaceAll(
                (file, text) -> object(documents(text.toString()).findFirst().orElseThrow()));
        return new KubernetesObjects(named(byName));
    }

    /** With the ConfigMap's name as its author gave it, wherever it stands. */
    private static Map<String, Map<String, Object>> named(Map<String, Map<String, Object>> byName) {
        Map<String, Map<String, Object>> named = new TreeMap<>();
        byName.forEach((name, object) -> named.put(name, object(named(object))));
        return named;
    }

    private static Object named(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<Object, Object> result = new LinkedHashMap<>();
                map.forEach((key, inner) -> result.put(key, named(inner)));
                yield result;
            }
            case List<?> list ->
                new ArrayList<>(list.stream().map(KubernetesObjects::named).toList());
            case String text when text.matches(AGENT + HASH) -> AGENT;
            default -> value;
        };
    }

    private static Stream<Object> documents(String yaml) {
        Iterable<Object> all = new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
        return StreamSupport.stream(all.spliterator(), false).filter(Objects::nonNull);
    }

    /** A YAML file with one object. */
    static Map<String, Object> single(String yaml) {
        return object(documents(yaml).findFirst().orElseThrow());
    }

    /** The object of that kind and name. */
    Map<String, Object> get(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** A field of an object that is there. */
    static Object field(Object object, String... path) {
        Object value = object;
        for (String key : path) {
            value = Objects.requireNonNull(object(value).get(key), key);
        }
        return value;
    }

    @SuppressWarnings("unchecked") // as YAML is read, the keys of an object are its fields' names
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
