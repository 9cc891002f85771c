package dev.samepage.packaging;

import dev.samepage.testbed.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who made what is in the image.
 *
 * @param repository that its jars come from
 */
record ImageContents(LocalRepository repository) {
    /** Where the image has its bill of materials. */
    static final Path PLACE = Path.of("/samepage/sbom.cdx.json");

    /** What a Java is, but for its libraries. */
    private static final String JAVA_MODULES = ImageFiles.JAVA + "/lib/modules";

    /** What Samepage's own build makes. */
    private static final Set<String> OWN =
            Set.of("samepage.jar", "quarkus-run.jar", "generated-bytecode.jar", "transformed-bytecode.jar");

    /** The libraries of the machine that builds: all of them are glibc's. */
    private static final String GLIBC = "(ld-linux-.*|lib(c|m|dl|pthread|rt|resolv|util))\\.so\\.[0-9]+";

    /**
     * The bill of what is in the layers.
     *
     * @param version of Samepage
     * @param layers each a directory with files as they will be in the image
     * @throws IOException where it is not known whose a file is, or under which licence it may be had
     */
    BillOfMaterials bill(String version, List<Path> layers) throws IOException {
        BillOfMaterials bill = new BillOfMaterials(version);
        Map<Path, String> unknown = new LinkedHashMap<>();
        for (Path layer : layers) {
            for (Path file : files(layer)) {
                String place = "/" + layer.relativize(file);
                if (isOwn(file, version)) {
                    bill.addOwn(place);
                } else if (isOthers(place)) {
                    Optional<Artifact> artifact = artifact(file, place);
                    if (artifact.isPresent()) {
                        bill.add(artifact.orElseThrow(), file, place);
                    } else {
                        unknown.put(file, place);
                    }
                }
            }
        }
        for (Map.Entry<Path, String> copy : unknown.entrySet()) {
            if (!bill.addCopy(copy.getKey(), copy.getValue())) {
                throw new IOException("Nobody knows where " + copy.getValue() + " comes from: it is in "
                        + repository.root() + " under no name");
            }
        }
        return bill;
    }

    private static boolean isOwn(Path file, String version) {
        String name = file.getFileName().toString();
        return OWN.contains(name) || name.equals("samepage-" + version + ".jar");
    }

    private static boolean isOthers(String place) {
        return place.endsWith(".jar") || place.equals(JAVA_MODULES) || isSystemLibrary(place);
    }

    private static boolean isSystemLibrary(String place) {
        return place.startsWith("/lib") && place.contains(".so");
    }

    private Optional<Artifact> artifact(Path file, String place) throws IOException {
        if (place.equals(JAVA_MODULES)) {
            return Optional.of(java());
        }
        return isSystemLibrary(place) ? Optional.of(glibc(file.getFileName().toString())) : repository.artifact(file);
    }

    private static Artifact java() {
        return new Artifact(
                "",
                "openjdk",
                System.getProperty("java.runtime.version"),
                List.of(Licence.GPL_2_0_WITH_CLASSPATH_EXCEPTION));
    }

    private static Artifact glibc(String library) throws IOException {
        if (!library.matches(GLIBC)) {
            throw new IOException(
                    library + " is a library of this machine that is not glibc's: say in ImageContents whose it is");
        }
        String version =
                Command.of("getconf", "GNU_LIBC_VERSION").run().orThrow().strip();
        return new Artifact(
                "", "glibc", version.substring(version.indexOf(' ') + 1), List.of(Licence.LGPL_2_1_OR_LATER));
    }

    private static List<Path> files(Path layer) throws IOException {
        try (Stream<Path> files = Files.walk(layer)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
