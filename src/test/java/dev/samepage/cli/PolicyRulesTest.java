package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fabric8.generator.annotation.ValidationRule;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PolicyRulesTest {
    /** {@code PolicyFileTest} shows that each of these files is refused with the message that it begins with. */
    @Test
    void everyRuleOfTheApiRecordsHasAFileThatBreaksIt() throws IOException {
        assertThat(messagesOfFiles()).isEqualTo(messagesOfRules());
    }

    private static Set<String> messagesOfRules() {
        Set<String> messages = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackages("dev.samepage.api")) {
            Arrays.stream(type.reflect().getAnnotationsByType(ValidationRule.class))
                    .map(ValidationRule::message)
                    .forEach(messages::add);
        }
        return messages;
    }

    private static Set<String> messagesOfFiles() throws IOException {
        Set<String> messages = new TreeSet<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Path.of("src/test/resources/policies"), "invalid-rule-*.yaml")) {
            for (Path file : files) {
                String line = Files.readAllLines(file).getFirst();
                messages.add(line.replaceFirst("# line \\d+, column \\d+: spec[^ :]*: ", ""));
            }
        }
        return messages;
    }
}
