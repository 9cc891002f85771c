package dev.samepage.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.kernel.Text;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent knows of the last un-merge that was not done, kept in a file so that the next agent knows it, too: where memory runs out, the
 * kernel may end the whole container and not only the process that un-merges. For that the note is written before the un-merge begins.
 */
final class UnmergeNote {
    static final String FILE = "unmerge";

    private static final Logger log = LoggerFactory.getLogger(UnmergeNote.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StateFiles files;
    private final Trouble reading = new Trouble();
    private boolean known;
    private @Nullable Held held;

    /**
     * Why it is not to be begun again so soon.
     *
     * @param hash of what was asked for
     * @param sinceSeconds when that came to be known, in seconds since 1970
     * @param untilSeconds when it may be begun again
     * @param cutShort how often in a row an agent has begun it and not lived to see its end
     * @param why as a sentence
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Held(String hash, long sinceSeconds, long untilSeconds, int cutShort, String why) {
        Held {
            hash = hash == null ? "" : hash;
            why = Text.line(why == null ? "" : why);
        }

        boolean holds(String asked, Instant now) {
            long seconds = now.getEpochSecond();
            return hash.equals(asked) && seconds < untilSeconds && seconds >= sinceSeconds;
        }
    }

    UnmergeNote(StateFiles files) {
        this.files = files;
    }

    /**
     * What an agent before has left, or this one has written. A file that cannot be used is as good as none, and one that cannot be read is
     * read again the next time: at worst something is tried too early.
     */
    Optional<Held> held() {
        if (!known) {
            read();
        }
        return Optional.ofNullable(held);
    }

    private void read() {
        try {
            Optional<String> text = files.read(FILE);
            known = true;
            if (text.isPresent()) {
                held = JSON.readValue(text.orElseThrow(), Held.class);
            }
        } catch (JsonProcessingException e) {
            log.atWarn().addKeyValue("file", files + "/" + FILE).log("Not understood, and left out of account");
        } catch (IOException e) {
            if (reading.isNew(e)) {
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("file", files + "/" + FILE)
                        .log("Cannot be read; it is tried again, and that is not logged");
            }
        }
    }

    /** How often in a row what is asked for was begun by an agent that did not live to see its end. */
    int cutShort(String hash) {
        return held().filter(last -> last.hash().equals(hash))
                .map(Held::cutShort)
                .orElse(0);
    }

    void write(Held next) {
        held = next;
        known = true;
        try {
            files.replace(FILE, JSON.writeValueAsString(next));
        } catch (IOException e) {
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("file", files + "/" + FILE)
                    .log("A restart would not know it: not saved");
        }
    }

    /** There is nothing to remember any more. */
    void delete() {
        if (held().isEmpty()) {
            return;
        }
        held = null;
        try {
            files.delete(FILE);
        } catch (IOException e) {
            log.atWarn().setCause(e).addKeyValue("file", files + "/" + FILE).log("Could not be deleted");
        }
    }
}
