package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmPolicySpec;
import dev.samepage.api.Mode;
import dev.samepage.api.NodeSelector;
import dev.samepage.api.NodeSelector.Requirement;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Operator;
import dev.samepage.api.RolloutLimits;
import dev.samepage.api.Share;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of src/test/resources/policies; those that are refused begin with what must be said about them. */
class PolicyFileTest {
    private static final Path POLICIES = Path.of("src/test/resources/policies");
    private static final NodeSelector EVERY_NODE = new NodeSelector(Map.of(), List.of());

    @TempDir
    private Path directory;

    static List<String> refused() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(POLICIES, "{unreadable,foreign,invalid}-*.yaml")) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        names.sort(null);
        return names;
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefusedInOneLineThatSaysWhereAndWhy(String name) throws IOException {
        Path file = POLICIES.resolve(name);
        String said = Files.readAllLines(file).getFirst().substring(2);

        assertThat(messageFor(file)).isEqualTo(file + (said.startsWith("line ") ? ", " : ": ") + said);
    }

    @Test
    void aMissingFileIsSaidToBeMissing() {
        assertThat(messageFor(directory.resolve("none.yaml")))
                .isEqualTo(directory + "/none.yaml: there is no such file");
    }

    @Test
    void anEmptyFileIsSaidToBeEmpty() throws IOException {
        assertThat(messageFor(file(""))).isEqualTo(directory + "/policy.yaml: the file is empty");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(messageFor(directory)).isEqualTo(directory + ": cannot be read: Is a directory");
    }

    @Test
    void binaryIsNoText() throws IOException {
        Path file = Files.write(directory.resolve("policy.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        assertThat(messageFor(file)).isEqualTo(file + ": not a text file in UTF-8");
    }

    @Test
    void controlCharactersAreNoYaml() throws IOException {
        assertThat(messageFor(file("apiVersion: \u0000\u0007\n")))
                .startsWith(directory + "/policy.yaml: not YAML: ")
                .doesNotContain("\n", "\u0000", "\u0007");
    }

    @Test
    void aHugeFileIsNoPolicy() throws IOException {
        assertThat(messageFor(file("#".repeat((1 << 20) + 1))))
                .isEqualTo(directory + "/policy.yaml: larger than 1 MiB; that is no policy");
    }

    @Test
    void deepNestingIsRefusedInOneLine() throws IOException {
        assertThat(messageFor(file("spec: " + "[".repeat(5000) + "]".repeat(5000) + "\n")))
                .startsWith(directory + "/policy.yaml")
                .doesNotContain("\n");
    }

    @Test
    void observeIsReadWithItsDefaults() throws PolicyFile.Unusable {
        assertThat(read("valid-observe.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        EVERY_NODE,
                        0,
                        false,
                        Mode.OBSERVE,
                        null,
                        null,
                        null,
                        null,
                        new Unmerge(false, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void stoppedIsReadWithItsDefaults() throws PolicyFile.Unusable {
        assertThat(read("valid-stopped.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        new NodeSelector(Map.of("kubevirt.io/schedulable", "true"), List.of()),
                        0,
                        false,
                        Mode.STOPPED,
                        null,
                        null,
                        null,
                        null,
                        new Unmerge(false, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void unmergedIsReadWithItsDefaults() throws PolicyFile.Unusable {
        assertThat(read("valid-unmerged.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        EVERY_NODE,
                        0,
                        false,
                        Mode.UNMERGED,
                        null,
                        null,
                        null,
                        null,
                        new Unmerge(true, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void fixedIsReadWithItsDefaults() throws PolicyFile.Unusable {
        assertThat(read("valid-fixed.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        EVERY_NODE,
                        0,
                        false,
                        Mode.FIXED,
                        new Fixed(1000, 20),
                        null,
                        null,
                        null,
                        new Unmerge(false, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void kernelAdvisorIsReadWithItsDefaults() throws PolicyFile.Unusable {
        assertThat(read("valid-kernel-advisor.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        EVERY_NODE,
                        0,
                        false,
                        Mode.KERNEL_ADVISOR,
                        null,
                        null,
                        null,
                        null,
                        new Unmerge(false, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void aPolicyWithoutAModeIsAdaptive() throws PolicyFile.Unusable {
        assertThat(read("valid-no-mode.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        EVERY_NODE,
                        0,
                        false,
                        Mode.ADAPTIVE,
                        null,
                        null,
                        null,
                        null,
                        new Unmerge(false, 10),
                        OnRemoval.RESTORE,
                        new RolloutLimits(new Share("10%"), new Share("5%"))));
    }

    @Test
    void anEmptyModeIsNone() throws PolicyFile.Unusable {
        assertThat(read("valid-mode-null.yaml").mode()).isEqualTo(Mode.ADAPTIVE);
    }

    @Test
    void adaptiveIsRead() throws PolicyFile.Unusable {
        assertThat(read("valid-adaptive.yaml").adaptive())
                .isEqualTo(new Adaptive(50, "1Gi", 600, Activation.MEMORY_PRESSURE, 30));
    }

    @Test
    void everyFieldIsRead() throws PolicyFile.Unusable {
        assertThat(read("valid-everything.yaml"))
                .isEqualTo(new KsmPolicySpec(
                        new NodeSelector(
                                Map.of("kubevirt.io/schedulable", "true"),
                                List.of(
                                        new Requirement("rack", Operator.IN, List.of("a", "b")),
                                        new Requirement("gpu", Operator.DOES_NOT_EXIST, List.of()))),
                        -3,
                        true,
                        Mode.KERNEL_ADVISOR,
                        null,
                        new KernelAdvisor(100, 50, 200, 4000),
                        null,
                        new Tunables(false, 512, true, false, true, 5000),
                        new Unmerge(true, 25),
                        OnRemoval.KEEP,
                        new RolloutLimits(new Share("25"), new Share("0%"))));
    }

    @Test
    void jsonIsYaml() throws PolicyFile.Unusable {
        assertThat(read("valid-json.yaml").mode()).isEqualTo(Mode.STOPPED);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() throws Exception {
        Path file = file("\ufeff" + Files.readString(POLICIES.resolve("valid-stopped.yaml")));

        assertThat(PolicyFile.read(file).mode()).isEqualTo(Mode.STOPPED);
    }

    @Test
    void linesMayEndAsOnWindows() throws Exception {
        Path file =
                file(Files.readString(POLICIES.resolve("valid-stopped.yaml")).replace("\n", "\r\n"));

        assertThat(PolicyFile.read(file).mode()).isEqualTo(Mode.STOPPED);
    }

    private static KsmPolicySpec read(String name) throws PolicyFile.Unusable {
        return PolicyFile.read(POLICIES.resolve(name));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("policy.yaml"), text);
    }

    private static String messageFor(Path file) {
        PolicyFile.Unusable refusal = catchThrowableOfType(PolicyFile.Unusable.class, () -> PolicyFile.read(file));
        assertThat(refusal).as("nothing was refused in %s", file).isNotNull();
        return String.valueOf(refusal.getMessage());
    }
}
