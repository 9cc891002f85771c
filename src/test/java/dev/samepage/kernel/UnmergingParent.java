package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A process that un-merges by a child, tells its id once it was told to write, and does nothing until it is killed. */
final class UnmergingParent {
    private static final Duration A_LITTLE = Duration.ofMillis(50);

    private UnmergingParent() {}

    public static void main(String... args) throws IOException, InterruptedException {
        UnmergeWriter.Writing writing = new UnmergeProcess(Path.of(args[0])).start();
        UnmergeWriter.Stage stage;
        do {
            stage = writing.await(A_LITTLE);
        } while (stage == UnmergeWriter.Stage.STARTING);
        writing.go();
        ProcessHandle.current().children().forEach(child -> System.out.println(child.pid()));
        System.out.flush();
        Thread.sleep(Duration.ofDays(1));
    }
}
