package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs a list shows. All conditions hold together.
 *
 * @param states any of these; all when empty
 * @param labels every one of these
 * @param createdAfter created at this moment or later
 * @param before only runs older than this one: the last of the page before
 * @param limit 1 to 500
 */
public record RunFilter(
        Set<RunState> states,
        Optional<String> namespace,
        Optional<String> workflow,
        Map<String, String> labels,
        Optional<Instant> createdAfter,
        Optional<RunId> before,
        int limit) {
    public RunFilter {
        states = Set.copyOf(states);
        labels = Map.copyOf(labels);
        if (limit < 1 || limit > 500) {
            throw new IllegalArgumentException("expected a limit of 1 to 500, found " + limit);
        }
    }

    /** The newest runs, whatever they are. */
    public static RunFilter newest(int limit) {
        return new RunFilter(
                Set.of(), Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), limit);
    }
}
