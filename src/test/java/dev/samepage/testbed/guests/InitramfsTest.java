package dev.samepage.testbed.guests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InitramfsTest {
    /** As {@code cpio -o -H newc} writes it: a header of 13 numbers, the name and the content, each padded to 4 bytes. */
    @Test
    void isANewcArchive() {
        byte[] archive = new Initramfs()
                .directory("dev")
                .console("dev/console")
                .program("init", "echo hello\n".getBytes(US_ASCII))
                .bytes();

        assertThat(new String(archive, US_ASCII).replace('\0', '.'))
                .isEqualTo("070701" + "00000001" + "000041ed" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "00000004" + "00000000"
                        + "dev..."
                        + "070701" + "00000002" + "00002180" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000005" + "00000001" + "0000000c" + "00000000"
                        + "dev/console..."
                        + "070701" + "00000003" + "000081ed" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "0000000b" + "00000000" + "00000000" + "00000000" + "00000000" + "00000005" + "00000000"
                        + "init.."
                        + "echo hello\n."
                        + "070701" + "00000004" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "0000000b" + "00000000"
                        + "TRAILER!!!....");
    }
}
