package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.api.Fixed;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final String BOOT = "11111111-2222-3333-4444-555555555555";
    private static final KsmNodeSpec SPEC = new KsmNodeSpec(
            new KsmNodeSpec.PolicyReference("p", 3L),
            new Settings(Mode.FIXED, new Fixed(1000, 20), null, null, null),
            Unmerge.refused(),
            OnRemoval.RESTORE,
            "0123456789ab");

    @TempDir
    Path directory;

    private StateDirectory files;

    @BeforeEach
    void open() {
        files = new StateDirectory(directory);
    }

    @Test
    void isEmptyWhereThereIsNothing() {
        assertThat(journal().originals()).isEmpty();
        assertThat(journal().spec()).isEmpty();
    }

    @Test
    void readingWritesNothing() {
        journal();

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void keepsTheOriginalsOverARestart() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L));

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L)));
    }

    @Test
    void neverReplacesOriginalsThatItHas() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L));
        journal().saveOriginals(Map.of(Knob.RUN, 1L));

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void addsOriginalsThatItLacks() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L));
        journal().saveOriginals(Map.of(Knob.RUN, 1L, Knob.SMART_SCAN, 1L));

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L, Knob.SMART_SCAN, 1L)));
    }

    @Test
    void keepsTheSpecOverARestart() throws IOException {
        journal().saveSpec(SPEC);

        assertThat(journal().spec()).hasValue(SPEC);
    }

    @Test
    void doesNotWriteTheSameSpecTwice() throws IOException {
        Journal journal = journal();
        journal.saveSpec(SPEC);
        Files.delete(directory.resolve("spec.json"));
        journal.saveSpec(SPEC);

        assertThat(directory.resolve("spec.json")).doesNotExist();
    }

    @Test
    void releaseForgetsEverything() throws IOException {
        Journal journal = journal();
        journal.saveOriginals(Map.of(Knob.RUN, 0L));
        journal.saveSpec(SPEC);
        journal.release();

        assertThat(directory).isEmptyDirectory();
        assertThat(journal.originals()).isEmpty();
        assertThat(journal.spec()).isEmpty();
    }

    @Test
    void originalsOfAnEarlierBootAreWorthNothing() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L));

        assertThat(new Journal(files, "another boot").originals()).isEmpty();
    }

    @Test
    void originalsOfAnEarlierBootAreReplaced() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L));
        new Journal(files, "another boot").saveOriginals(Map.of(Knob.RUN, 1L));

        assertThat(new Journal(files, "another boot").originals())
                .hasValue(new Originals("another boot", Map.of(Knob.RUN, 1L)));
    }

    @Test
    void theSpecOutlivesABoot() throws IOException {
        journal().saveSpec(SPEC);

        assertThat(new Journal(files, "another boot").spec()).hasValue(SPEC);
    }

    @Test
    void usesWhatTruncatedOriginalsHold() throws IOException {
        write("originals", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\npages_to_scan 10");

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void keepsDamagedOriginalsAside() throws IOException {
        write("originals", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\npages_to_scan 10");
        journal();

        assertThat(directory.resolve("originals.damaged-1"))
                .hasContent("# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\npages_to_scan 10");
    }

    @Test
    void writesDamagedOriginalsAnewSoThatTheyAreSetAsideOnce() throws IOException {
        write("originals", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\n");
        journal();

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
        assertThat(names()).containsExactly("originals", "originals.damaged-1");
    }

    /** Whatever a crash leaves between two steps, the next start must not take tuned settings for the originals. */
    @Test
    void damagedOriginalsAreNeverGoneWhileTheyAreSetAside() throws IOException {
        write("originals", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\n");
        new Journal(new DiesAfterSettingAside(files), BOOT);

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void takesRunFor0WhereThatWasLost() throws IOException {
        write("originals", "# KSM settings as Samepage found them\nboot " + BOOT + "\npages_to_scan 100\nru");

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L, Knob.PAGES_TO_SCAN, 100L)));
    }

    @Test
    void ofAForeignFileNothingIsKnownButThatKsmdIsToStandStill() throws IOException {
        write("originals", "somebody's shopping list\n");
        journal();

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void keepsAForeignFileAside() throws IOException {
        write("originals", "somebody's shopping list\n");
        journal();

        assertThat(names()).containsExactly("originals", "originals.damaged-1");
        assertThat(directory.resolve("originals.damaged-1")).hasContent("somebody's shopping list\n");
    }

    @Test
    void keepsAnEmptyFileAside() throws IOException {
        write("originals", "");
        journal();

        assertThat(names()).containsExactly("originals", "originals.damaged-1");
    }

    @Test
    void keepsBinaryAside() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        Files.write(directory.resolve("originals"), noise);

        journal();

        assertThat(directory.resolve("originals.damaged-1")).hasBinaryContent(noise);
    }

    @Test
    void ignoresAHalfWrittenTemporaryFile() throws IOException {
        journal().saveOriginals(Map.of(Knob.RUN, 0L));
        write("originals.tmp", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 1");

        assertThat(journal().originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void aTemporaryFileAloneIsNoJournal() throws IOException {
        write("originals.tmp", "# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 1\n# end\n");

        assertThat(journal().originals()).isEmpty();
    }

    @Test
    void originalsThatCannotBeReadAreNotReplaced() throws IOException {
        Files.createDirectory(directory.resolve("originals"));
        Journal journal = journal();

        assertThat(journal.originals()).isEmpty();
        assertThatThrownBy(() -> journal.saveOriginals(Map.of(Knob.RUN, 1L))).isInstanceOf(IOException.class);
    }

    @Test
    void saysOnceThatOriginalsCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve("originals"));
        try (CapturedLog log = CapturedLog.withAllOf(Journal.class.getName())) {
            Journal journal = journal();
            for (int i = 0; i < 10; i++) {
                assertThat(journal.unread()).isPresent();
            }

            assertThat(log.entries()).hasSize(1);
        }
    }

    @Test
    void originalsThatCannotBeSavedAreNotTakenForSaved() throws IOException {
        Path file = Files.writeString(directory.resolve("no directory"), "");
        Journal journal = new Journal(new StateDirectory(file), BOOT);

        assertThatThrownBy(() -> journal.saveOriginals(Map.of(Knob.RUN, 0L))).isInstanceOf(IOException.class);
        assertThat(journal.originals()).isEmpty();
    }

    @Test
    void damagedOriginalsAreUsedWhereNothingCanBeWritten() {
        Journal journal =
                new Journal(new ReadOnly("# KSM settings as Samepage found them\nboot " + BOOT + "\nrun 0\n"), BOOT);

        assertThat(journal.originals()).hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void aForeignFileIsNoReasonToStopWhereNothingCanBeWritten() {
        assertThat(new Journal(new ReadOnly("somebody's shopping list\n"), BOOT).originals())
                .hasValue(new Originals(BOOT, Map.of(Knob.RUN, 0L)));
    }

    @Test
    void keepsADamagedSpecAside() throws IOException {
        write("spec.json", "{\"settings\": {\"mode\": \"Fi");

        assertThat(journal().spec()).isEmpty();
        assertThat(names()).containsExactly("spec.json.damaged-1");
    }

    @Test
    void keepsAForeignSpecAside() throws IOException {
        for (String foreign : List.of("", "null", "[]", "{}", "{\"hash\": \"\"}", "\u0000\u0001")) {
            write("spec.json", foreign);

            assertThat(journal().spec()).as("<%s>", foreign).isEmpty();
            assertThat(directory.resolve("spec.json")).as("<%s>", foreign).doesNotExist();
        }
    }

    @Test
    void readsASpecOfANewerVersion() throws IOException {
        write("spec.json", "{\"hash\": \"1\", \"settings\": {\"mode\": \"Clairvoyant\", \"warp\": 9}, \"more\": []}");

        assertThat(journal().spec())
                .hasValue(new KsmNodeSpec(
                        null, new Settings(null, null, null, null, null), Unmerge.refused(), OnRemoval.RESTORE, "1"));
    }

    private Journal journal() {
        return new Journal(files, BOOT);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** The process is killed as soon as a file is set aside: nothing after that happens. */
    private static final class DiesAfterSettingAside implements StateFiles {
        private final StateFiles files;
        private boolean dead;

        DiesAfterSettingAside(StateFiles files) {
            this.files = files;
        }

        @Override
        public Optional<String> read(String name) throws IOException {
            return files.read(name);
        }

        @Override
        public String setAside(String name) throws IOException {
            dead = true;
            return files.setAside(name);
        }

        @Override
        public void replace(String name, String content) throws IOException {
            if (!dead) {
                files.replace(name, content);
            }
        }

        @Override
        public Optional<Path> damagedOriginals() {
            return files.damagedOriginals();
        }

        @Override
        public void delete(String name) throws IOException {
            if (!dead) {
                files.delete(name);
            }
        }
    }

    /** A directory with one file, on a file system that is mounted read-only. */
    private record ReadOnly(String originals) implements StateFiles {
        @Override
        public Optional<String> read(String name) {
            return name.equals("originals") ? Optional.of(originals) : Optional.empty();
        }

        @Override
        public void replace(String name, String content) throws IOException {
            throw new IOException("Read-only file system");
        }

        @Override
        public String setAside(String name) throws IOException {
            throw new IOException("Read-only file system");
        }

        @Override
        public Optional<Path> damagedOriginals() {
            return Optional.empty();
        }

        @Override
        public void delete(String name) throws IOException {
            throw new IOException("Read-only file system");
        }
    }
}
