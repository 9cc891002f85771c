package dev.samepage.testbed.guests;

import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Guests that are virtual machines: QEMU without KVM, a Linux kernel and a busybox that does nothing. QEMU marks their
 * memory mergeable by itself. Named in the command line as KubeVirt names its own.
 *
 * @param qemu qemu-system-x86_64
 * @param kernel a bzImage
 * @param busybox a statically linked busybox
 * @param mebibytes of each guest's memory
 */
public record QemuGuest(Path qemu, Path kernel, Path busybox, int mebibytes) implements GuestKind {
    private static final List<Path> PROGRAM_DIRECTORIES =
            List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"));

    /** QEMU does not look at the end of its standard input; this does, and keeps QEMU's process id the guest's. */
    private static final String END_WITH_STANDARD_INPUT = """
            exec 3<&0
            (
              trap '' HUP INT TERM
              cat <&3 >/dev/null
              if [ "$(readlink /proc/$$/exe)" = "$(readlink -f "$1")" ]; then kill -9 $$; fi
            ) >/dev/null 2>&1 &
            exec "$@" </dev/null 3<&-
            """;

    private static final String INIT = """
            #!/bin/busybox sh
            echo %s
            while :; do busybox sleep 3600; done
            """.formatted(READY);

    /**
     * Finds what such guests need among this machine's programs, and the newest cloud kernel in /boot.
     *
     * @throws UnavailableException if something is missing, with the names of Debian's packages
     */
    public static QemuGuest find(int mebibytes) throws UnavailableException {
        Optional<Path> qemu = program("qemu-system-x86_64");
        Optional<Path> kernel = cloudKernel();
        Optional<Path> busybox = program("busybox");
        List<String> missing = new ArrayList<>();
        if (qemu.isEmpty()) {
            missing.add("qemu-system-x86");
        }
        if (kernel.isEmpty()) {
            missing.add("linux-image-cloud-amd64");
        }
        if (busybox.isEmpty()) {
            missing.add("busybox-static");
        }
        if (!missing.isEmpty()) {
            throw new UnavailableException("No QEMU guests on this machine. On Debian: apt-get install "
                    + "--no-install-recommends " + String.join(" ", missing));
        }
        return new QemuGuest(qemu.orElseThrow(), kernel.orElseThrow(), busybox.orElseThrow(), mebibytes);
    }

    private static Optional<Path> program(String name) {
        return PROGRAM_DIRECTORIES.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> cloudKernel() throws UnavailableException {
        try (Stream<Path> files = Files.list(Path.of("/boot"))) {
            return files.filter(file -> file.getFileName().toString().matches("vmlinuz-.*cloud.*"))
                    .filter(Files::isReadable)
                    .max(Path::compareTo);
        } catch (IOException e) {
            throw new UnavailableException("The kernels in /boot cannot be listed: " + e.getMessage());
        }
    }

    @Override
    public List<String> command(int number, Path directory) throws IOException {
        Path initramfs = directory.resolve("initramfs.cpio");
        if (!Files.exists(initramfs)) {
            initramfs.toFile().deleteOnExit();
            try (Initramfs files = new Initramfs(Files.newOutputStream(initramfs))) {
                files.console("dev/console")
                        .copy("bin/busybox", busybox)
                        .program("init", INIT.getBytes(StandardCharsets.UTF_8));
            }
        }
        return List.of(
                "/bin/sh",
                "-c",
                END_WITH_STANDARD_INPUT,
                "sh",
                qemu.toString(),
                "-name",
                "guest=samepage_guest-" + number,
                "-accel",
                "tcg",
                "-m",
                mebibytes + "M",
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-kernel",
                kernel.toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                "console=ttyS0 quiet panic=-1 no_timer_check");
    }
}
