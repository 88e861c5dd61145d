package dev.dagkeeper.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A time in which a trigger's fires are skipped.
 *
 * @param from inclusive
 * @param until exclusive
 * @param reason in words
 */
public record Hold(Instant from, Instant until, String reason) {
    boolean holds(Instant fire) {
        return !fire.isBefore(from) && fire.isBefore(until);
    }

    /** Whether it has no end yet. */
    public boolean isOpen() {
        return until.equals(Instant.MAX);
    }

    /** All fires that have no outcome yet: no deployed revision has the trigger any more. */
    public static Hold removed() {
        return new Hold(
                Instant.MIN, Instant.MAX, "the workflow or its trigger was taken away before the fire was started");
    }

    /**
     * The pauses of a trigger as they are stored, its own and those of operators. Of a pause that is over only its end is
     * kept; it is taken to have begun before everything that has no outcome yet, unless its begin is still known.
     *
     * @param pausedAt since when an operator has it paused
     * @param pausedBy who paused it last; empty where that is not known
     * @param resumedAt when it was resumed last
     * @param resumedBy who resumed it last
     * @param suspendedAt when it paused itself last
     * @param why it did
     * @param earlier when the pause that ended at {@code resumedAt} began, for whoever saw it
     */
    public static List<Hold> of(
            Optional<Instant> pausedAt,
            String pausedBy,
            Optional<Instant> resumedAt,
            String resumedBy,
            Optional<Instant> suspendedAt,
            String why,
            Optional<Instant> earlier) {
        var holds = new ArrayList<Hold>();
        pausedAt.ifPresent(at -> holds.add(new Hold(at, Instant.MAX, "paused by " + pausedBy)));
        suspendedAt.ifPresent(at -> holds.add(
                new Hold(at, resumedAt.filter(resumed -> !resumed.isBefore(at)).orElse(Instant.MAX), why)));
        boolean endedSuspension = suspendedAt.isPresent()
                && resumedAt.isPresent()
                && !resumedAt.get().isBefore(suspendedAt.get());
        if (resumedAt.isPresent() && (earlier.isPresent() || !endedSuspension)) {
            var reason = pausedBy.isEmpty() ? "paused; resumed by " + resumedBy : "paused by " + pausedBy;
            holds.add(new Hold(earlier.orElse(Instant.MIN), resumedAt.get(), reason));
        }
        return holds;
    }
}
