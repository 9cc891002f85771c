package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps how a node was found, from the first moment at which a policy tunes it: also where nothing has to be written then, because what somebody
 * else sets later is not how it was found.
 */
final class Safekeeping {
    private static final Logger log = LoggerFactory.getLogger(Safekeeping.class);

    private final String node;
    private final Journal journal;
    private final Trouble saving = new Trouble();

    Safekeeping(String node, Journal journal) {
        this.node = node;
        this.journal = journal;
    }

    /**
     * Saves what is not saved yet, where the assignment tunes the node.
     *
     * @param now every knob as it is now
     * @return why nothing may be written to the kernel, as a sentence; tried again each time
     */
    Optional<String> hindrance(Assignment assignment, Map<Knob, Long> now) {
        Optional<String> unread = journal.unread();
        if (unread.isPresent() || !assignment.tunes() || journal.hasOriginalsOf(now.keySet())) {
            return unread;
        }
        try {
            journal.saveOriginals(now);
            saving.over();
            return Optional.empty();
        } catch (IOException e) {
            if (saving.isNew(e.toString())) {
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("node", node)
                        .log("Nothing is changed until the settings as they were found can be saved");
            }
            return Optional.of(
                    "Nothing is changed on " + node + ", because the settings it was found with could not be saved in "
                            + journal + ": " + e + ". Make room there, or make it writable.");
        }
    }
}
