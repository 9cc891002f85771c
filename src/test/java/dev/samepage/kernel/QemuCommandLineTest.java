package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QemuCommandLineTest {
    @ParameterizedTest
    @ValueSource(strings = {"qemu-system-x86_64", "/usr/bin/qemu-system-aarch64", "/usr/libexec/qemu-kvm", "kvm"})
    void isQemuByTheNameOfTheProgram(String program) {
        assertThat(QemuCommandLine.parse(bytes(program))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bash", "/usr/bin/qemu-img", "/usr/bin/qemu-system-x86_64/x", "less qemu-kvm"})
    void isNotQemuByAnyOther(String program) {
        assertThat(QemuCommandLine.parse(bytes(program))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "guest=default_web,debug-threads=on | default_web",
                "debug-threads=on,guest=default_web | default_web",
                "web | web",
                "web,process=qemu:web | web",
                "guest=a,,b,debug-threads=on | a,b",
            })
    void readsTheGuestsName(String value, String name) {
        assertThat(QemuCommandLine.parse(bytes("kvm\0-m\000512\0-name\0" + value + "\0-smp\0001"))
                        .flatMap(QemuCommandLine::guestName))
                .hasValue(name);
    }

    @Test
    void hasNoNameWhereNoneIsGiven() {
        assertThat(QemuCommandLine.parse(bytes("kvm\0-m\000512")).flatMap(QemuCommandLine::guestName))
                .isEmpty();
        assertThat(QemuCommandLine.parse(bytes("kvm\0-name")).flatMap(QemuCommandLine::guestName))
                .isEmpty();
        assertThat(QemuCommandLine.parse(bytes("kvm\0-name\0guest=\0-m")).flatMap(QemuCommandLine::guestName))
                .isEmpty();
    }

    private static byte[] bytes(String cmdline) {
        return cmdline.getBytes(StandardCharsets.UTF_8);
    }
}
