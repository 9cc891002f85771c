package dev.samepage.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Where Maven keeps what it has fetched, POMs too.
 *
 * @param root the directory
 */
record LocalRepository(Path root) {
    private static final Pattern VERSION = Pattern.compile("-(?=[0-9])");
    private static final Pattern POM_PROPERTIES = Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");

    /**
     * What a jar is a copy of, by its name with the group in front, as Quarkus gives it, or by what it says itself; empty where neither
     * tells.
     *
     * @throws IOException where it has a licence that is not in {@link Licence}
     */
    Optional<Artifact> artifact(Path jar) throws IOException {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        Optional<Artifact> byName = byName(name);
        return byName.isPresent() ? byName : byOwnPom(jar, name);
    }

    /** A jar that Maven has made has its POM in it; that of one which was fetched alone is nowhere else. */
    private Optional<Artifact> byOwnPom(Path jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (var entry : file.stream()
                    .filter(each -> POM_PROPERTIES.matcher(each.getName()).matches())
                    .toList()) {
                Properties own = new Properties();
                own.load(file.getInputStream(entry));
                if (name.equals(own.getProperty("artifactId") + "-" + own.getProperty("version"))) {
                    var pom = file.getEntry(entry.getName().replace("pom.properties", "pom.xml"));
                    return Optional.of(artifact(
                            own.getProperty("groupId"),
                            own.getProperty("artifactId"),
                            own.getProperty("version"),
                            licences(read(file.getInputStream(pom)))));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Artifact> byName(String name) throws IOException {
        Matcher version = VERSION.matcher(name);
        while (version.find()) {
            String qualified = name.substring(0, version.start());
            for (String candidate : versions(name.substring(version.end()))) {
                for (int dot = qualified.indexOf('.'); dot > 0; dot = qualified.indexOf('.', dot + 1)) {
                    String group = qualified.substring(0, dot);
                    String artifact = qualified.substring(dot + 1);
                    if (Files.exists(pom(group, artifact, candidate))) {
                        return Optional.of(
                                artifact(group, artifact, candidate, licences(pom(group, artifact, candidate))));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** With and without a classifier at the end. */
    private static List<String> versions(String text) {
        List<String> versions = new ArrayList<>(List.of(text));
        for (int dash = text.lastIndexOf('-'); dash > 0; dash = text.lastIndexOf('-', dash - 1)) {
            versions.add(text.substring(0, dash));
        }
        return versions;
    }

    private static Artifact artifact(String group, String name, String version, List<String> texts) throws IOException {
        List<Licence> licences = new ArrayList<>();
        for (String text : texts) {
            licences.add(Licence.named(text)
                    .orElseThrow(() -> new IOException(
                            "%s:%s:%s has a licence that nobody has looked at: %s. If it may be in the image, add it to dev.samepage.packaging.Licence"
                                    .formatted(group, name, version, text))));
        }
        if (licences.isEmpty()) {
            throw new IOException("%s:%s:%s names no licence".formatted(group, name, version));
        }
        return new Artifact(group, name, version, licences);
    }

    private List<String> licences(Path pom) throws IOException {
        try (InputStream in = Files.newInputStream(pom)) {
            return licences(read(in));
        }
    }

    /** Name and URL of each licence in a POM; of its parent's where it names none. */
    private List<String> licences(Element project) throws IOException {
        List<String> licences = new ArrayList<>();
        for (Element all : children(project, "licenses")) {
            for (Element licence : children(all, "license")) {
                licences.add(text(licence, "name") + " " + text(licence, "url"));
            }
        }
        List<Element> parent = children(project, "parent");
        if (!licences.isEmpty() || parent.isEmpty()) {
            return licences;
        }
        return licences(pom(
                text(parent.getFirst(), "groupId"),
                text(parent.getFirst(), "artifactId"),
                text(parent.getFirst(), "version")));
    }

    private Path pom(String group, String name, String version) {
        return root.resolve(group.replace('.', '/'))
                .resolve(name)
                .resolve(version)
                .resolve(name + "-" + version + ".pom");
    }

    private static Element read(InputStream pom) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder().parse(pom).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("not a POM", e);
        }
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> children = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                children.add(element);
            }
        }
        return children;
    }

    private static String text(Element parent, String name) {
        List<Element> children = children(parent, name);
        return children.isEmpty() ? "" : children.getFirst().getTextContent().strip();
    }
}
