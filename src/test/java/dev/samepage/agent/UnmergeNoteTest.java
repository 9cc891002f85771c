package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent before has left, for one that starts while that still has the lock. */
class UnmergeNoteTest {
    private static final UnmergeNote.Held LEFT = new UnmergeNote.Held("hash", 10, 70, 1, "Un-merging did not end.");

    @TempDir
    Path directory;

    private UnmergeNote note;

    @BeforeEach
    void aNoteThatCouldNotBeRead() throws IOException {
        new UnmergeNote(new StateDirectory(directory)).write(LEFT);
        note = new UnmergeNote(new LockedDirectory(new StateDirectory(directory)));
        try (Closeable _ = new StateDirectory(directory).tryLock().orElseThrow()) {
            assertThat(note.held()).isEmpty();
        }
    }

    @Test
    void isReadOnceThatIsPossible() {
        assertThat(note.held()).contains(LEFT);
    }

    @Test
    void isDeletedAlsoWhereItWasNotReadBefore() {
        note.delete();

        assertThat(directory.resolve("unmerge")).doesNotExist();
    }

    @Test
    void isReplacedAlsoWhereItWasNotReadBefore() {
        UnmergeNote.Held next = new UnmergeNote.Held("other", 20, 80, 0, "Un-merging refused.");

        note.write(next);

        assertThat(note.held()).contains(next);
    }
}
