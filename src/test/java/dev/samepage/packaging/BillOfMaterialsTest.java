package dev.samepage.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillOfMaterialsTest {
    /** An end of a central directory, and nothing else. */
    private static final byte[] EMPTY_JAR = HexFormat.of().parseHex("504b0506" + "00".repeat(18));

    @TempDir
    Path directory;

    private Path repository;
    private Path layer;

    @BeforeEach
    void create() throws IOException {
        repository = directory.resolve("repository");
        layer = Files.createDirectories(directory.resolve("layer"));
        pom(
                "org.example",
                "parent",
                "1",
                "<licenses><license><name>MIT</name><url>https://opensource.org/license/mit</url>"
                        + "</license></licenses>");
        pom(
                "org.example.more",
                "some-lib",
                "2.0-rc.1",
                "<parent><groupId>org.example</groupId><artifactId>parent</artifactId>"
                        + "<version>1</version></parent>");
    }

    @Test
    void namesEachJarWithItsLicenceAndItsPlaces() throws IOException {
        file("samepage/lib/operator/org.example.more.some-lib-2.0-rc.1.jar");
        file("samepage/lib/operator/copy/org.example.more.some-lib-2.0-rc.1.jar");
        file("samepage/lib/agent/samepage.jar");

        assertThat(bill()).isEqualTo("""
                {
                  "bomFormat" : "CycloneDX",
                  "specVersion" : "1.6",
                  "version" : 1,
                  "metadata" : {
                    "component" : {
                      "type" : "application",
                      "bom-ref" : "pkg:maven/dev.samepage/samepage@1.2.3",
                      "group" : "dev.samepage",
                      "name" : "samepage",
                      "version" : "1.2.3",
                      "licenses" : [
                        {
                          "license" : {
                            "id" : "Apache-2.0"
                          }
                        }
                      ],
                      "purl" : "pkg:maven/dev.samepage/samepage@1.2.3",
                      "evidence" : {
                        "occurrences" : [
                          {
                            "location" : "/samepage/lib/agent/samepage.jar"
                          }
                        ]
                      }
                    }
                  },
                  "components" : [
                    {
                      "type" : "library",
                      "bom-ref" : "pkg:maven/org.example.more/some-lib@2.0-rc.1",
                      "group" : "org.example.more",
                      "name" : "some-lib",
                      "version" : "2.0-rc.1",
                      "hashes" : [
                        {
                          "alg" : "SHA-256",
                          "content" : "8739c76e681f900923b900c9df0ef75cf421d39cabb54650c4b9ad19b6a76d85"
                        }
                      ],
                      "licenses" : [
                        {
                          "license" : {
                            "id" : "MIT"
                          }
                        }
                      ],
                      "purl" : "pkg:maven/org.example.more/some-lib@2.0-rc.1",
                      "evidence" : {
                        "occurrences" : [
                          {
                            "location" : "/samepage/lib/operator/copy/org.example.more.some-lib-2.0-rc.1.jar"
                          },
                          {
                            "location" : "/samepage/lib/operator/org.example.more.some-lib-2.0-rc.1.jar"
                          }
                        ]
                      }
                    }
                  ]
                }
                """);
    }

    @Test
    void aJarWithoutItsGroupIsKnownByItsBytes() throws IOException {
        file("samepage/lib/operator/org.example.more.some-lib-2.0-rc.1.jar");
        file("samepage/lib/agent/some-lib-2.0-rc.1.jar");

        assertThat(bill()).contains("\"location\" : \"/samepage/lib/agent/some-lib-2.0-rc.1.jar\"");
    }

    @Test
    void aJarThatNobodyKnowsFailsTheBuild() throws IOException {
        file("samepage/lib/agent/some-lib-2.0-rc.1.jar");

        assertThatThrownBy(this::bill)
                .hasMessageContaining("Nobody knows where /samepage/lib/agent/some-lib-2.0-rc.1.jar comes from");
    }

    @Test
    void aChoiceOfLicencesIsOne() throws IOException {
        pom(
                "org.example",
                "either",
                "1",
                "<licenses><license><name>EPL 2.0</name><url>http://www.eclipse.org/legal/epl-2.0</url></license>"
                        + "<license><name>GPL2 w/ CPE</name></license></licenses>");
        file("org.example.either-1.jar");

        assertThat(bill()).contains("\"expression\" : \"EPL-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0\"");
    }

    @Test
    void aLicenceThatNobodyHasReadFailsTheBuild() throws IOException {
        pom("org.example", "odd", "1", "<licenses><license><name>Beerware</name></license></licenses>");
        file("org.example.odd-1.jar");

        assertThatThrownBy(this::bill)
                .hasMessageContaining("org.example:odd:1 has a licence that nobody has looked at: Beerware");
    }

    @Test
    void aJarWithoutALicenceFailsTheBuild() throws IOException {
        pom("org.example", "bare", "1", "");
        file("org.example.bare-1.jar");

        assertThatThrownBy(this::bill).hasMessageContaining("org.example:bare:1 names no licence");
    }

    @Test
    void aLibraryOfTheMachineThatIsNotGlibcsFailsTheBuild() throws IOException {
        file("lib/x86_64-linux-gnu/libz.so.1");

        assertThatThrownBy(this::bill)
                .hasMessageContaining("libz.so.1 is a library of this machine that is not glibc's");
    }

    private String bill() throws IOException {
        return new ImageContents(new LocalRepository(repository))
                .bill("1.2.3", List.of(layer))
                .toJson();
    }

    private void file(String place) throws IOException {
        Path file = layer.resolve(place);
        Files.createDirectories(file.getParent());
        Files.write(file, EMPTY_JAR);
    }

    private void pom(String group, String name, String version, String content) throws IOException {
        Path directory = Files.createDirectories(
                repository.resolve(group.replace('.', '/')).resolve(name).resolve(version));
        Files.writeString(
                directory.resolve(name + "-" + version + ".pom"),
                "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">" + content + "</project>");
    }
}
