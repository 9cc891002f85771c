package dev.samepage.packaging;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is in the image and who made it, as CycloneDX 1.6 has it. It depends on what is in the image alone: it has neither a time nor a serial
 * number, and everything is in order.
 */
final class BillOfMaterials {
    private final String version;
    private final SortedSet<String> own = new TreeSet<>();
    private final Map<Artifact, Part> parts = new TreeMap<>(Comparator.comparing(Artifact::purl));

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Where an artifact is in the image.
     *
     * @param sha256 of its files
     */
    private record Part(SortedSet<String> sha256, SortedSet<String> places) {}

    /** Of this version of Samepage. */
    BillOfMaterials(String version) {
        this.version = version;
    }

    /** Adds a file that Samepage's build made. */
    void addOwn(String place) {
        own.add(place);
    }

    /** Adds a file that somebody else made. */
    void add(Artifact artifact, Path file, String place) throws IOException {
        Part part = parts.computeIfAbsent(artifact, each -> new Part(new TreeSet<>(), new TreeSet<>()));
        part.sha256().add(sha256(file));
        part.places().add(place);
    }

    /** Adds one more copy of what is in it already; false where it is none. */
    boolean addCopy(Path file, String place) throws IOException {
        String sha256 = sha256(file);
        Optional<Part> original = parts.values().stream()
                .filter(part -> part.sha256().contains(sha256))
                .findFirst();
        original.ifPresent(part -> part.places().add(place));
        return original.isPresent();
    }

    String toJson() throws IOException {
        ObjectNode bom = JSON.createObjectNode();
        bom.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        ObjectNode samepage = bom.putObject("metadata").putObject("component");
        samepage.put("type", "application")
                .put("bom-ref", "pkg:maven/dev.samepage/samepage@" + version)
                .put("group", "dev.samepage")
                .put("name", "samepage")
                .put("version", version);
        licences(samepage, Licence.APACHE_2_0.spdx(), false);
        samepage.put("purl", "pkg:maven/dev.samepage/samepage@" + version);
        places(samepage, own);
        ArrayNode components = bom.putArray("components");
        parts.forEach((artifact, part) -> component(components.addObject(), artifact, part));
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return JSON.writer(new DefaultPrettyPrinter()
                                .withObjectIndenter(indenter)
                                .withArrayIndenter(indenter))
                        .writeValueAsString(bom)
                + "\n";
    }

    private static void component(ObjectNode component, Artifact artifact, Part part) {
        component.put("type", "library").put("bom-ref", artifact.purl());
        if (!artifact.group().isEmpty()) {
            component.put("group", artifact.group());
        }
        component.put("name", artifact.name()).put("version", artifact.version());
        // What consists of several files has no hash of its own.
        if (part.sha256().size() == 1) {
            component
                    .putArray("hashes")
                    .addObject()
                    .put("alg", "SHA-256")
                    .put("content", part.sha256().first());
        }
        licences(
                component,
                artifact.licences().stream().map(Licence::spdx).sorted().collect(Collectors.joining(" OR ")),
                artifact.licences().size() > 1 || artifact.licences().getFirst().isExpression());
        component.put("purl", artifact.purl());
        places(component, part.places());
    }

    private static void licences(ObjectNode component, String spdx, boolean expression) {
        ObjectNode licence = component.putArray("licenses").addObject();
        if (expression) {
            licence.put("expression", spdx);
        } else {
            licence.putObject("license").put("id", spdx);
        }
    }

    private static void places(ObjectNode component, SortedSet<String> places) {
        ArrayNode occurrences = component.putObject("evidence").putArray("occurrences");
        places.forEach(place -> occurrences.addObject().put("location", place));
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
