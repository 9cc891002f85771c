package dev.samepage.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One YAML document as a JSON tree that remembers where in the file each part stands. */
final class YamlDocument {
    private static final int MAX_DEPTH = 20;
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setAllowDuplicateKeys(false).build();

    private final Path file;
    private final Map<List<String>, Mark> places = new HashMap<>();
    private final JsonNode root;

    private YamlDocument(Path file, Node node) throws PolicyFile.Unusable {
        this.file = file;
        root = convert(node, List.of());
        if (!root.isObject()) {
            throw unusable(
                    place(List.of()), "this is no Kubernetes object: a policy begins with apiVersion: and kind:");
        }
    }

    /** Parses the one document that the file must hold. */
    static YamlDocument parse(Path file, String text) throws PolicyFile.Unusable {
        try {
            refuseWhatNeverEnds(file, text);
            Iterator<Node> documents =
                    new Compose(SETTINGS).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                throw new PolicyFile.Unusable(file + ": the file is empty");
            }
            Node first = documents.next();
            if (documents.hasNext()) {
                throw new PolicyFile.Unusable(
                        file + place(documents.next().getStartMark().orElse(null))
                                + ": a second document begins; a file holds one policy");
            }
            return new YamlDocument(file, first);
        } catch (MarkedYamlEngineException e) {
            throw new PolicyFile.Unusable(
                    file + place(e.getProblemMark().orElse(null)) + ": not YAML: " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            throw new PolicyFile.Unusable(file + ": not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
    }

    /** What would make a tree endless, or endlessly deep. */
    private static void refuseWhatNeverEnds(Path file, String text) throws PolicyFile.Unusable {
        int depth = 0;
        for (Event event : new Parse(SETTINGS).parseString(text)) {
            String place = place(event.getStartMark().orElse(null));
            switch (event) {
                case AliasEvent alias ->
                    throw new PolicyFile.Unusable(
                            file + place + ": aliases are not taken here: write the value itself");
                case CollectionStartEvent start -> depth++;
                case CollectionEndEvent end -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new PolicyFile.Unusable(
                        file + place + ": nested too deeply; a policy needs " + MAX_DEPTH + " levels at most");
            }
        }
    }

    JsonNode root() {
        return root;
    }

    /** A complaint that names the place of the field, or of the nearest field around it that is there. */
    PolicyFile.Unusable unusable(Violation violation) {
        return unusable(place(violation.path()), violation.toString());
    }

    private PolicyFile.Unusable unusable(String place, String problem) {
        return new PolicyFile.Unusable(file + place + ": " + problem);
    }

    private String place(List<String> path) {
        Mark mark = places.get(path);
        return mark != null || path.isEmpty() ? place(mark) : place(path.subList(0, path.size() - 1));
    }

    private static String place(@Nullable Mark mark) {
        return mark == null ? "" : ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    private JsonNode convert(Node node, List<String> path) throws PolicyFile.Unusable {
        node.getStartMark().ifPresent(mark -> places.putIfAbsent(path, mark));
        return switch (node) {
            case MappingNode mapping -> object(mapping, path);
            case SequenceNode sequence -> array(sequence, path);
            case ScalarNode scalar -> scalar(scalar, path);
            default -> throw new IllegalStateException("a node of an unknown kind: " + node);
        };
    }

    private JsonNode object(MappingNode mapping, List<String> path) throws PolicyFile.Unusable {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw unusable(place(entry.getKeyNode().getStartMark().orElse(null)), "a key must be a word");
            }
            List<String> below = Violation.below(path, key.getValue());
            Optional<Mark> mark = key.getStartMark();
            mark.ifPresent(place -> places.put(below, place));
            if (object.has(key.getValue())) {
                throw unusable(new Violation(below, "is there twice"));
            }
            object.set(key.getValue(), convert(entry.getValueNode(), below));
        }
        return object;
    }

    private JsonNode array(SequenceNode sequence, List<String> path) throws PolicyFile.Unusable {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Node element : sequence.getValue()) {
            array.add(convert(element, Violation.below(path, Integer.toString(array.size()))));
        }
        return array;
    }

    private JsonNode scalar(ScalarNode scalar, List<String> path) throws PolicyFile.Unusable {
        String value = scalar.getValue();
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (scalar.getTag().equals(Tag.NULL)) {
            return json.nullNode();
        }
        if (scalar.getTag().equals(Tag.BOOL)) {
            return json.booleanNode(Boolean.parseBoolean(value));
        }
        if (scalar.getTag().equals(Tag.INT)) {
            try {
                return json.numberNode(Long.parseLong(value));
            } catch (NumberFormatException e) {
                throw unusable(new Violation(path, value + " is too large a number"));
            }
        }
        return scalar.getTag().equals(Tag.FLOAT) ? json.numberNode(Double.parseDouble(value)) : json.textNode(value);
    }
}
