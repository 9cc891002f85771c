package dev.samepage.testbed.guests;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The first files of a Linux kernel, as it unpacks them: a cpio archive of format newc
 * (Documentation/driver-api/early-userspace/buffer-format.rst in the kernel's sources).
 */
final class Initramfs {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;
    private static final int CHARACTER_DEVICE = 0020600;
    private static final int ALIGNMENT = 4;

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    private int inode;

    Initramfs directory(String name) {
        return entry(name, DIRECTORY, 0, 0, new byte[0]);
    }

    Initramfs program(String name, byte[] content) {
        return entry(name, PROGRAM, 0, 0, content);
    }

    /** The device that init's output goes to: character device 5:1. */
    Initramfs console(String name) {
        return entry(name, CHARACTER_DEVICE, 5, 1, new byte[0]);
    }

    byte[] bytes() {
        return entry("TRAILER!!!", 0, 0, 0, new byte[0]).archive.toByteArray();
    }

    private Initramfs entry(String name, int mode, int major, int minor, byte[] content) {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        int[] fields = {
            ++inode, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, nameBytes.length, 0,
        };
        var header = new StringBuilder("070701");
        for (int field : fields) {
            header.append("%08x".formatted(field));
        }
        archive.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
        archive.writeBytes(nameBytes);
        pad();
        archive.writeBytes(content);
        pad();
        return this;
    }

    private void pad() {
        archive.writeBytes(new byte[Math.floorMod(-archive.size(), ALIGNMENT)]);
    }
}
