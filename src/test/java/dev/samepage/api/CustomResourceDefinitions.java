package dev.samepage.api;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Generates the files of {@code crds/} from the API records, and adds what the generator cannot: formats of integers, how lists
 * and maps merge under server-side apply, descriptions of the kinds and of the standard condition fields, and bounds of sizes,
 * and what a status says before anybody has reported.
 */
final class CustomResourceDefinitions {
    private static final Map<String, String> KINDS = Map.of(
            "KsmPolicy",
            "Which nodes merge equal memory pages (KSM), and how hard. The status says in bytes what it saves and costs.",
            "KsmNode",
            "What one node is told about merging equal memory pages (KSM), and what it reports. Samepage writes it; to change "
                    + "a node, change a KsmPolicy.");

    private static final Map<String, String> CONDITION_FIELDS = Map.of(
            "type", "What the condition speaks of.",
            "status", "True, False or Unknown.",
            "reason", "Why, in a word that programs can compare.",
            "message", "Why, in a sentence for a person.",
            "lastTransitionTime", "When status last changed.",
            "observedGeneration", "The metadata.generation that the condition speaks of.");

    /** Parts of a spec that one writer sets as a whole: merged field by field they could say what nobody wrote. */
    private static final List<String> ATOMIC_IN_SPEC = List.of("settings", "nodeSelector");

    /** Of a text or a list in a KsmNode's status; an agent's longest text has 256 characters. */
    private static final long MOST_CHARACTERS = 1024;

    private static final long MOST_ITEMS = 32;

    private CustomResourceDefinitions() {}

    /** The files by name, with their content. */
    static Map<String, String> generate() throws IOException {
        var files = new TreeMap<String, ByteArrayOutputStream>();
        var mapper = JsonMapper.builder()
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
        var generator = new CRDGenerator()
                .withObjectMapper(mapper, new KubernetesSerialization(mapper, false))
                .withParallelGenerationEnabled(false)
                .withPostProcessor(new Completion())
                .withOutput(new CRDGenerator.CRDOutput<ByteArrayOutputStream>() {
                    @Override
                    public ByteArrayOutputStream outputFor(String name) {
                        return files.computeIfAbsent(name, n -> new ByteArrayOutputStream());
                    }

                    @Override
                    public void close() {}
                });
        generator.customResourceClasses(KsmPolicy.class, KsmNode.class).generate();
        var result = new TreeMap<String, String>();
        files.forEach((name, content) -> result.put(
                name.replaceFirst("-v1$", ".yaml"),
                content.toString(StandardCharsets.UTF_8).lines().skip(1).reduce(HEADER, (a, line) -> a + line + "\n")));
        return result;
    }

    private static final String HEADER =
            "# Generated from src/main/java/dev/samepage/api by ./mvnw test -Dtest=CrdsTest -Dcrds.update=true\n";

    private static final class Completion implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata generated, String specVersion) {
            var crd = (CustomResourceDefinition) generated;
            for (CustomResourceDefinitionVersion version : crd.getSpec().getVersions()) {
                var root = version.getSchema().getOpenAPIV3Schema();
                root.setDescription(KINDS.get(crd.getSpec().getNames().getKind()));
                property(root, "spec").setDescription("What is wanted.");
                property(root, "status").setDescription("What is.");
                property(root, "status")
                        .setDefault(JsonNodeFactory.instance
                                .objectNode()
                                .put("observedGeneration", KsmPolicy.NOTHING_REPORTED));
                if (crd.getSpec().getNames().getKind().equals("KsmPolicy")) {
                    root.setRequired(List.of("spec"));
                }
                orderColumns(version, crd.getSpec().getNames().getKind());
                complete(root);
                completeConditions(property(root, "status"));
                makeAtomic(property(root, "spec"), ATOMIC_IN_SPEC::contains);
                // One writer here too; and without an entry for each figure the object's managed fields stay small.
                makeAtomic(property(root, "status"), name -> true);
                if (crd.getSpec().getNames().getKind().equals("KsmNode")) {
                    bound(property(root, "status"));
                }
            }
            return crd;
        }

        private static void makeAtomic(JSONSchemaProps schema, Predicate<String> which) {
            schema.getProperties().forEach((name, property) -> {
                if ("object".equals(property.getType()) && which.test(name)) {
                    property.setXKubernetesMapType("atomic");
                }
            });
        }

        /** The generator sorts the columns by path; kubectl is to show them in the order of the annotations. */
        private static void orderColumns(CustomResourceDefinitionVersion version, String kind) {
            Class<?> type = kind.equals("KsmPolicy") ? KsmPolicy.class : KsmNode.class;
            List<String> order = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                    .map(AdditionalPrinterColumn::name)
                    .toList();
            version.getAdditionalPrinterColumns()
                    .sort(Comparator.comparingInt(column -> order.indexOf(column.getName())));
            // 0 is the default, which the API server does not keep: kubectl apply would write it again each time.
            version.getAdditionalPrinterColumns().stream()
                    .filter(column -> Objects.equals(column.getPriority(), 0))
                    .forEach(column -> column.setPriority(null));
        }

        private static void complete(JSONSchemaProps schema) {
            if ("integer".equals(schema.getType())) {
                schema.setFormat("int64");
            }
            if ("array".equals(schema.getType())) {
                schema.setXKubernetesListType("atomic");
                complete(schema.getItems().getSchema());
            }
            if (schema.getProperties() != null) {
                schema.getProperties().values().forEach(Completion::complete);
            }
        }

        /** Whoever has an agent's token writes it, and the operator keeps the objects of all nodes in memory. */
        private static void bound(JSONSchemaProps schema) {
            if ("string".equals(schema.getType()) && isEmpty(schema.getEnum())) {
                schema.setMaxLength(MOST_CHARACTERS);
            }
            if ("array".equals(schema.getType())) {
                schema.setMaxItems(MOST_ITEMS);
                bound(schema.getItems().getSchema());
            }
            if (schema.getAdditionalProperties() != null) {
                schema.setMaxProperties(MOST_ITEMS);
                bound(schema.getAdditionalProperties().getSchema());
            }
            if (schema.getProperties() != null) {
                schema.getProperties().values().forEach(Completion::bound);
            }
        }

        private static boolean isEmpty(@Nullable List<?> list) {
            return list == null || list.isEmpty();
        }

        private static void completeConditions(JSONSchemaProps status) {
            JSONSchemaProps conditions = property(status, "conditions");
            conditions.setXKubernetesListType("map");
            conditions.setXKubernetesListMapKeys(List.of("type"));
            JSONSchemaProps item = conditions.getItems().getSchema();
            item.setRequired(List.of("type", "status", "reason", "message", "lastTransitionTime"));
            CONDITION_FIELDS.forEach((field, text) -> property(item, field).setDescription(text));
            property(item, "lastTransitionTime").setFormat("date-time");
        }
    }

    private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return requireNonNull(schema.getProperties().get(name), name);
    }
}
