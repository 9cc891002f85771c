package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * For how long an agent is waited for. When it was told and when it was heard is what the API server noted, in the managed fields; only
 * where that is missing, when it was heard is what the agent says. For how long it had been at work when it was heard is what the agent
 * says, as the difference of two times: a node whose clock is wrong is neither silent nor overdue by that, and waited for no longer.
 */
record Patience(KsmNode ksmNode, Clock clock) {
    /** An agent says within seconds that it is at work on what it was told. */
    private static final Duration NO_ANSWER = Duration.ofMinutes(5);

    /** While an agent un-merges, for 10 min at most, it says nothing; and what waits for something is said every 15 min at least. */
    private static final Duration SILENT_WORK = Duration.ofMinutes(25);

    /** What an agent puts back or un-merges is done, or given up, within minutes. */
    private static final Duration LONGEST_WORK = Duration.ofMinutes(60);

    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private static final String STATUS = "status";

    /** Whether nothing has been heard for longer than {@code longest}; not where there was never anything to hear. */
    boolean isSilentFor(Duration longest) {
        return heard().filter(time -> isLongerAgo(longest, time)).isPresent();
    }

    /** Whether it is not waited for any more, that has not done yet what it was told last. */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    boolean isAtAnEnd() {
        boolean atWork = ksmNode.getStatus() != null
                && ksmNode.getSpec().hash().equals(ksmNode.getStatus().hash());
        return atWork
                ? isSilentFor(SILENT_WORK)
                        || begun().filter(time -> isLongerAgo(LONGEST_WORK, time))
                                .isPresent()
                : told().filter(time -> isLongerAgo(NO_ANSWER, time)).isPresent();
    }

    private boolean isLongerAgo(Duration longest, Instant time) {
        return time.isBefore(clock.instant().minus(longest));
    }

    /** When the API server was last given another spec for it, as far as that is known. */
    private Optional<Instant> told() {
        return latest(Stream.concat(
                written("").map(ManagedFieldsEntry::getTime),
                Stream.ofNullable(ksmNode.getMetadata().getCreationTimestamp())));
    }

    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private Optional<Instant> heard() {
        if (ksmNode.getStatus() == null) {
            return Optional.empty();
        }
        Optional<Instant> noted = latest(written(STATUS).map(ManagedFieldsEntry::getTime));
        return noted.isPresent() ? noted : instant(ksmNode.getStatus().sampleTime());
    }

    /** When it began with what it is at: after an hour of peace it may have begun once more, to put something back. */
    private Optional<Instant> begun() {
        Optional<Instant> onceMore = heard().flatMap(heard -> workedFor().map(heard::minus));
        return Stream.concat(told().stream(), onceMore.stream()).max(Comparator.naturalOrder());
    }

    /** For how long it had been at work by its own clock when it was heard. */
    private Optional<Duration> workedFor() {
        Optional<Instant> sampled = instant(ksmNode.getStatus().sampleTime());
        return ksmNode.getStatus().conditions().stream()
                .filter(condition -> "Reconciling".equals(condition.getType()))
                .flatMap(condition -> instant(condition.getLastTransitionTime()).stream())
                .findFirst()
                .flatMap(since -> sampled.map(now -> Duration.between(since, now)))
                .map(worked -> worked.isNegative() ? Duration.ZERO : worked);
    }

    private Stream<ManagedFieldsEntry> written(String subresource) {
        return ksmNode.getMetadata().getManagedFields().stream()
                .filter(entry -> subresource.equals(Objects.requireNonNullElse(entry.getSubresource(), "")));
    }

    private static Optional<Instant> latest(Stream<String> times) {
        return times.flatMap(time -> instant(time).stream()).max(Comparator.naturalOrder());
    }

    /** A time that is none, or not of these millennia, says nothing. */
    private static Optional<Instant> instant(@Nullable String time) {
        try {
            return Optional.ofNullable(time)
                    .map(Instant::parse)
                    .filter(instant -> instant.isAfter(Instant.EPOCH) && instant.isBefore(LATEST));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
