package dev.samepage.kernel;

/** Gives every guest its own pages back. In tests, a fake; on a host, {@code () -> Unmerge.run(directory)}. */
@FunctionalInterface
public interface Unmerger {
    /** Blocks until it is done, see {@link Unmerge#run}. */
    UnmergeResult unmerge();
}
