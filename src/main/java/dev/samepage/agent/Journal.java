package dev.samepage.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must survive a crash of the agent, and nothing more: how the node was found, and what it was last told. A file that cannot be
 * used is set aside and said, never deleted, never a reason to stop; what it did hold is used.
 */
public final class Journal {
    static final String ORIGINALS = "originals";
    static final String SPEC = "spec.json";

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StateFiles files;
    private final String bootId;
    private final Trouble reading = new Trouble();
    private final Trouble readingSpec = new Trouble();
    private @Nullable String unreadBecause;
    private boolean specUnread;
    private @Nullable Originals originals;
    private @Nullable KsmNodeSpec spec;

    /** Reads what is there. Originals of an earlier boot are worth nothing: the kernel has forgotten what was written then. */
    public Journal(StateFiles files, String bootId) {
        this.files = files;
        this.bootId = bootId;
        originals = readOriginals();
        spec = readSpec();
    }

    /** How the node was found, if a policy has tuned it since this boot. */
    public Optional<Originals> originals() {
        return Optional.ofNullable(originals);
    }

    /** Whether the original of each of these is kept. */
    boolean hasOriginalsOf(Set<Knob> knobs) {
        return originals != null && originals.knobs().keySet().containsAll(knobs);
    }

    /** Why it is not known how the node was found, as a sentence; tried again each time. Nothing may be written until it is known. */
    public Optional<String> unread() {
        if (unreadBecause != null) {
            originals = readOriginals();
        }
        return Optional.ofNullable(unreadBecause)
                .map(why -> "How this node was found stands in " + files + "/" + ORIGINALS + ", which cannot be read ("
                        + why + "): nothing is changed until it can.");
    }

    /** That a part of how this node was found is lost, as a sentence; for as long as nobody deletes the file that it names. */
    Optional<String> damage() {
        return files.damagedOriginals()
                .map(kept ->
                        "A part of how this node was found is lost: compare its settings with a like node's, then delete "
                                + kept + ".");
    }

    /** What the node was last told; where that could not be read it is tried again each time. */
    public Optional<KsmNodeSpec> spec() {
        if (specUnread) {
            spec = readSpec();
        }
        return Optional.ofNullable(spec);
    }

    /**
     * Saves how the node was found. Originals that are already there are never replaced; only knobs that they lack are added.
     *
     * @throws IOException where they could not be saved for good: then nothing may be written to the kernel
     */
    public void saveOriginals(Map<Knob, Long> knobs) throws IOException {
        if (unread().isPresent()) {
            throw new IOException("there are older ones in " + files + "/" + ORIGINALS + ", and they cannot be read");
        }
        Map<Knob, Long> all = new EnumMap<>(Knob.class);
        all.putAll(knobs);
        if (originals != null) {
            all.putAll(originals.knobs());
        }
        Originals saved = new Originals(bootId, all);
        files.replace(ORIGINALS, OriginalsText.write(saved));
        originals = saved;
    }

    /**
     * Remembers what the node is told.
     *
     * @throws IOException where it could not be saved: a restart without the API server would then not know it
     */
    public void saveSpec(KsmNodeSpec told) throws IOException {
        if (!told.equals(spec)) {
            files.replace(SPEC, JSON.writeValueAsString(told));
            spec = told;
            specUnread = false;
        }
    }

    /**
     * Forgets everything: the node is its owner's again.
     *
     * @throws IOException where a file could not be deleted
     */
    public void release() throws IOException {
        if (originals != null) {
            files.delete(ORIGINALS);
            originals = null;
        }
        if (spec != null) {
            files.delete(SPEC);
            spec = null;
        }
    }

    /** Where it is. */
    @Override
    public String toString() {
        return files.toString();
    }

    private @Nullable Originals readOriginals() {
        Optional<String> text;
        try {
            text = files.read(ORIGINALS);
            unreadBecause = null;
            reading.over();
        } catch (IOException e) {
            unreadBecause = e.toString();
            if (reading.isNew(e.toString())) {
                cannotBeRead(ORIGINALS, e);
            }
            return null;
        }
        if (text.isEmpty()) {
            return null;
        }
        OriginalsText.Parsed parsed = OriginalsText.parse(text.orElseThrow())
                .orElseGet(() -> new OriginalsText.Parsed(new Originals(bootId, Map.of()), false));
        Originals found = parsed.originals();
        if (!found.bootId().equals(bootId)
                && !bootId.equals(HostProc.UNKNOWN)
                && !found.bootId().equals(HostProc.UNKNOWN)) {
            log.atInfo().addKeyValue("file", files + "/" + ORIGINALS).log("The node has rebooted since: starting anew");
            return null;
        }
        if (parsed.complete()) {
            return found;
        }
        setAside(
                ORIGINALS,
                "it is damaged; what it does hold is used: " + found.knobs()
                        + ", run is taken for 0 where it does not say, and all else for what it is when a policy next tunes the node");
        Originals known = found.withRun();
        saveAgain(known);
        return known;
    }

    private void saveAgain(Originals found) {
        try {
            files.replace(ORIGINALS, OriginalsText.write(found));
        } catch (IOException e) {
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("file", files + "/" + ORIGINALS)
                    .log("Could not be written anew");
        }
    }

    private @Nullable KsmNodeSpec readSpec() {
        try {
            Optional<String> text = files.read(SPEC);
            specUnread = false;
            readingSpec.over();
            if (text.isEmpty()) {
                return null;
            }
            KsmNodeSpec read = JSON.readValue(text.orElseThrow(), KsmNodeSpec.class);
            if (read != null && !read.hash().isEmpty()) {
                return read;
            }
            remove(SPEC, "it holds no spec; the API server will say what is wanted");
        } catch (JsonProcessingException e) {
            remove(SPEC, "it is damaged; the API server will say what is wanted");
        } catch (IOException e) {
            specUnread = true;
            if (readingSpec.isNew(e.toString())) {
                cannotBeRead(SPEC, e);
            }
        }
        return null;
    }

    private void cannotBeRead(String name, IOException e) {
        log.atError().setCause(e).addKeyValue("file", files + "/" + name).log("Cannot be read");
    }

    /** Sets a file aside of which nothing can be used. */
    private void remove(String name, String why) {
        if (!setAside(name, why)) {
            return;
        }
        try {
            files.delete(name);
        } catch (IOException e) {
            log.atWarn().setCause(e).addKeyValue("file", files + "/" + name).log("Could not be deleted");
        }
    }

    private boolean setAside(String name, String why) {
        try {
            log.atError()
                    .addKeyValue("file", files + "/" + name)
                    .addKeyValue("kept", files.setAside(name))
                    .addKeyValue("why", why)
                    .log("Journal file set aside");
            return true;
        } catch (IOException e) {
            log.atError().setCause(e).addKeyValue("file", files + "/" + name).log("Cannot be set aside: " + why);
            return false;
        }
    }
}
