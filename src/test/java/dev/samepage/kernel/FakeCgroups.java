package dev.samepage.kernel;

import java.nio.file.Path;

/** A made-up /sys/fs/cgroup in a directory. */
final class FakeCgroups {
    private final FakeProc files;

    FakeCgroups(Path directory) {
        files = new FakeProc(directory);
    }

    /** A cgroup of version 2 with this limit, usage and cache in bytes. */
    void version2(String path, long limit, long used, long inactiveFile) {
        version2(path, Long.toString(limit), used, inactiveFile);
    }

    void version2(String path, String limit, long used, long inactiveFile) {
        String directory = path.substring(1);
        files.file(directory + "/memory.max", limit + "\n");
        files.file(directory + "/memory.current", used + "\n");
        files.file(directory + "/memory.stat", "anon 0\ninactive_file " + inactiveFile + "\n");
    }

    /** The same of version 1. */
    void version1(String path, long limit, long used, long inactiveFile) {
        String directory = "memory" + path;
        files.file(directory + "/memory.limit_in_bytes", limit + "\n");
        files.file(directory + "/memory.usage_in_bytes", used + "\n");
        files.file(directory + "/memory.stat", "inactive_file 0\ntotal_inactive_file " + inactiveFile + "\n");
    }
}
