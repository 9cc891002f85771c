package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Mode;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent says of its own doing, for its metrics. */
class ActivityTest {
    @TempDir
    Path directory;

    private NodeUnderTest node() {
        return new NodeUnderTest(FakeKsm.linux618(), directory);
    }

    @Test
    void countsWhatIsWritten() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));

        node.settle(node.start());

        assertThat(node.activity.counted(Deed.WRITE)).isEqualTo(3);
        assertThat(node.activity.counted(Deed.ATTEMPT)).isEqualTo(1);
        assertThat(node.activity.counted(Deed.PUT_BACK)).isZero();
    }

    @Test
    void countsWhatIsPutBackAfterSomebodyElse() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        node.settle(agent);

        node.ksm.with(Knob.PAGES_TO_SCAN, 5);
        node.settle(agent);

        assertThat(node.activity.counted(Deed.PUT_BACK)).isEqualTo(1);
    }

    @Test
    void anotherSpecIsNotPutBack() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        node.settle(agent);

        node.tell(NodeUnderTest.fixed(2000, 10));
        node.settle(agent);

        assertThat(node.activity.counted(Deed.PUT_BACK)).isZero();
    }

    @Test
    void countsWhatTheKernelRefuses() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.PAGES_TO_SCAN, Errno.EINVAL);
        node.tell(NodeUnderTest.fixed(1000, 10));

        node.start().round();

        assertThat(node.activity.counted(Deed.WRITE_REFUSED)).isEqualTo(1);
    }

    @Test
    void whatIsRefusedStaysWanted() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.PAGES_TO_SCAN, Errno.EINVAL);
        node.tell(NodeUnderTest.fixed(1000, 10));

        node.settle(node.start());

        assertThat(node.activity.aim().orElseThrow().wanted()).containsEntry(Knob.PAGES_TO_SCAN, 1000L);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(100);
    }

    @Test
    void namesThePolicyThatCoversTheNode() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));

        node.start().round();

        assertThat(node.activity.aim().orElseThrow().policy()).isEqualTo("p");
    }

    @Test
    void saysThatAnUnmergeIsRefusedWhileMemoryIsShort() {
        NodeUnderTest node = node();
        node.guestComes();
        node.ksm.merge(1_000_000);
        node.availableKibibytes(1024);
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));

        node.start().round();

        assertThat(node.activity.aim().orElseThrow().unmergeRefused()).isTrue();
    }

    @Test
    void countsAnUnmerge() {
        NodeUnderTest node = node();
        node.ksm.merge(10);
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));

        node.settle(node.start());

        assertThat(node.activity.counted(Deed.UNMERGE)).isEqualTo(1);
        assertThat(node.activity.aim().orElseThrow().unmergeRefused()).isFalse();
    }

    @Test
    void countsAJournalThatCannotBeWritten() throws IOException {
        NodeUnderTest node = node();
        Files.writeString(node.state, "a file where the directory should be");
        node.tell(NodeUnderTest.fixed(1000, 10));

        node.start().round();

        assertThat(node.activity.counted(Deed.JOURNAL_PROBLEM)).isPositive();
    }

    @Test
    void countsAJournalThatIsDamaged() throws IOException {
        NodeUnderTest node = node();
        Files.writeString(Files.createDirectory(node.state).resolve("originals"), "somebody's shopping list\n");

        node.start();

        assertThat(node.activity.counted(Deed.JOURNAL_PROBLEM)).isEqualTo(1);
    }
}
