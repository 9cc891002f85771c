package dev.samepage.kernel;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A command line that is QEMU's. Whoever started the process wrote it, so it proves nothing.
 *
 * @param arguments with the program's own name first
 */
record QemuCommandLine(List<String> arguments) {
    /** Empty where the program is not QEMU by its name. */
    static Optional<QemuCommandLine> parse(byte[] cmdline) {
        List<String> arguments = List.of(new String(cmdline, StandardCharsets.UTF_8).split("\0", -1));
        String program = arguments.getFirst().substring(arguments.getFirst().lastIndexOf('/') + 1);
        return program.startsWith("qemu-system-") || program.equals("qemu-kvm") || program.equals("kvm")
                ? Optional.of(new QemuCommandLine(arguments))
                : Optional.empty();
    }

    /** The value of {@code -name [guest=]NAME[,option...]}, in which QEMU wants a comma doubled. */
    Optional<String> guestName() {
        int option = Math.max(arguments.indexOf("-name"), arguments.indexOf("--name"));
        if (option < 0 || option + 1 >= arguments.size()) {
            return Optional.empty();
        }
        String value = arguments.get(option + 1).replace(",,", "\0");
        String name = List.of(value.split(",", -1)).stream()
                .filter(part -> part.startsWith("guest="))
                .map(part -> part.substring("guest=".length()))
                .findFirst()
                .orElse(value.split(",", 2)[0]);
        String clean = Text.name(name.replace("\0", ","));
        return name.isEmpty() ? Optional.empty() : Optional.of(clean);
    }
}
