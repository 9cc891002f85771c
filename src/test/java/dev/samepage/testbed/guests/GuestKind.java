package dev.samepage.testbed.guests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What the guests of a fleet are. A guest prints a line that ends with {@link #READY} when its memory is filled. */
public sealed interface GuestKind permits ProcessGuest, QemuGuest {
    /** The last words of the line with which a guest says that its memory is filled. */
    String READY = "samepage guest ready";

    /**
     * How one guest is started. It ends when its standard input does.
     *
     * @param number counts the guests of a fleet from 0
     * @param directory an existing directory for files that the guests need; deleted with the fleet
     */
    List<String> command(int number, Path directory) throws IOException;
}
