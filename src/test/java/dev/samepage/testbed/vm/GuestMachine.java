package dev.samepage.testbed.vm;

import dev.samepage.testbed.FileTree;
import dev.samepage.testbed.Tether;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.Initramfs;
import dev.samepage.testbed.guests.QemuGuest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A virtual machine for one script: QEMU without KVM, Debian's cloud kernel (6.1 on Debian 12), busybox, and a Java with the classes of this
 * build. It has no disk and no network, its memory is what it was given, and its KSM is its own. Everything is in its first files, which take
 * memory too: about 130 MiB.
 */
public final class GuestMachine {
    /** What {@code samepage local} needs beside Samepage's own classes, by the beginning of the jar's name. */
    private static final List<String> LIBRARIES = List.of(
            "picocli-",
            "jackson-",
            "snakeyaml",
            "kubernetes-client-api-",
            "kubernetes-model-core-",
            "kubernetes-model-common-",
            "generator-annotations-",
            "slf4j-api-");

    private static final String INIT = """
            #!/bin/busybox sh
            /bin/busybox mkdir -p /proc /sys /run /tmp
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            mount -t devtmpfs devtmpfs /dev
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /tmp
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            export PATH=/bin LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=1
            sh /script </dev/null 2>&1
            code=$?
            echo
            echo "=== ended with $code"
            reboot -f
            """;

    private final QemuGuest programs;
    private final SmallJava java;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> libraries = new ArrayList<>(LIBRARIES);

    private GuestMachine(QemuGuest programs, SmallJava java) {
        this.programs = programs;
        this.java = java;
    }

    /**
     * Finds what a machine needs.
     *
     * @param mebibytes of memory, 512 at least
     * @param progress given a line for a person where it takes a while
     * @throws UnavailableException if something is missing, with the names of Debian's packages
     */
    public static GuestMachine find(int mebibytes, Consumer<String> progress) throws UnavailableException {
        return new GuestMachine(QemuGuest.find(mebibytes), SmallJava.find(progress));
    }

    /** One file more. */
    public GuestMachine with(String name, String content) {
        files.put(name, content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A program of this machine that busybox lacks, and that needs no libraries but those of Java. */
    public GuestMachine withProgram(Path program) {
        try {
            files.put("bin/" + program.getFileName(), Files.readAllBytes(program));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** More of this JVM's libraries, by the beginning of the jars' names. */
    public GuestMachine withLibraries(String... names) {
        libraries.addAll(List.of(names));
        return this;
    }

    /**
     * Boots it, runs a script, and waits for its end; it ends with this JVM, too. The script finds busybox's programs and a {@code java} that
     * has the class path, and the name that the variable {@code ARGV0} gives it; what it starts in the background ends with the machine.
     *
     * @param longest after which the machine is stopped
     * @throws IllegalStateException where the script did not come to its end, with what the console showed last
     */
    public MachineRun run(String script, Duration longest) {
        try {
            Path directory = Files.createTempDirectory("samepage-machine-");
            try {
                Path initramfs = directory.resolve("initramfs.cpio");
                write(initramfs, script);
                return MachineRun.of(console(directory, initramfs, longest));
            } finally {
                new FileTree(directory).delete();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path initramfs, String script) throws IOException {
        try (Initramfs archive = new Initramfs(Files.newOutputStream(initramfs))) {
            archive.console("dev/console")
                    .directory("bin")
                    .copy("bin/busybox", programs.busybox())
                    .program("init", INIT.getBytes(StandardCharsets.UTF_8))
                    .program("script", script.getBytes(StandardCharsets.UTF_8))
                    .program("bin/java", java(classPath(archive)).getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                archive.program(file.getKey(), file.getValue());
            }
            java.into(archive);
        }
    }

    private static String java(String classPath) {
        return """
                #!/bin/sh
                exec -a "${ARGV0:-java}" /%s/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss256k -XX:-UsePerfData \\
                  --enable-native-access=ALL-UNNAMED -cp '%s' "$@"
                """.formatted(SmallJava.PLACE, classPath);
    }

    /** Copies what of it a machine needs, which is not all that the build has beside the classes; the class path in the machine. */
    private String classPath(Initramfs archive) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            String name = "app/" + entries.size() + "-" + path.getFileName();
            if (path.endsWith("classes") || path.endsWith("test-classes")) {
                archive.tree(name, path);
                entries.add("/" + name);
            } else if (libraries.stream().anyMatch(path.getFileName().toString()::startsWith)) {
                archive.copy(name, path);
                entries.add("/" + name);
            }
        }
        return String.join(":", entries);
    }

    private String console(Path directory, Path initramfs, Duration longest) throws IOException {
        Path console = directory.resolve("console");
        Process qemu = new ProcessBuilder(Tether.around(List.of(
                        programs.qemu().toString(),
                        "-accel",
                        "tcg",
                        "-m",
                        programs.mebibytes() + "M",
                        "-nodefaults",
                        "-no-user-config",
                        "-no-reboot",
                        // This host's KSM is for other tests.
                        "-machine",
                        "mem-merge=off",
                        "-display",
                        "none",
                        "-serial",
                        "file:" + console,
                        "-kernel",
                        programs.kernel().toString(),
                        "-initrd",
                        initramfs.toString(),
                        "-append",
                        "console=ttyS0 quiet panic=-1 no_timer_check")))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("qemu").toFile())
                .start();
        try {
            boolean ended = qemu.waitFor(longest);
            String said = Files.readString(directory.resolve("qemu"));
            String shown = Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
            if (!ended || !said.isBlank()) {
                throw new IllegalStateException("The machine did not come to its end"
                        + (ended ? ": " + said : " in " + longest) + "\n" + shown);
            }
            return shown;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the machine ran", e);
        } finally {
            qemu.destroyForcibly();
        }
    }
}
