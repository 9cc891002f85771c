package dev.samepage.kernel;

import java.util.function.Consumer;

/** Gives every guest its own pages back. In tests, a fake; on a host, {@link UnmergeGuard}. */
@FunctionalInterface
public interface Unmerger {
    /**
     * Blocks until it is done or given up, see {@link UnmergeGuard#unmerge}.
     *
     * @param reservePercent per cent of the host's memory that is to stay available, 0 to 100
     * @param progress told in a sentence whenever it is stopped on the way and will go on
     */
    UnmergeResult unmerge(int reservePercent, Consumer<String> progress);
}
