package dev.samepage.kernel;

import java.io.IOException;
import java.time.Duration;

/** Starts processes that write 2 to {@code run}. The edge of un-merging that tests replace. */
interface UnmergeWriter {
    /**
     * Starts one, which waits to be told.
     *
     * @throws IOException where that cannot be
     */
    Writing start() throws IOException;

    /** How far such a process is. */
    enum Stage {
        STARTING,
        /** It waits for {@link Writing#go}. */
        READY,
        /** Told, and not ended yet. */
        WRITING,
        ENDED
    }

    /** One such process. */
    interface Writing extends AutoCloseable {
        /**
         * Waits until it is READY or ENDED.
         *
         * @param longest after which it is told how far it is
         * @throws InterruptedException where this thread is interrupted
         */
        Stage await(Duration longest) throws IOException, InterruptedException;

        /** Tells it to write now. */
        void go() throws IOException;

        /** Kills it, so that the kernel stops where it is, and waits a while for that. Nothing happens where it has ended. */
        void stop();

        /** What came of it; only once it has ended. */
        UnmergeResult result() throws IOException;

        /** Stops it if need be, and forgets it. */
        @Override
        void close();
    }
}
