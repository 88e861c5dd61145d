package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The updates of a trigger's datasets that no run has seen yet, and what follows from them: the one authority on when a trigger on
 * datasets is due. Of each dataset it keeps the first and the last update, so that its size does not depend on how many there
 * were, and the order in which it is told of them says nothing. Not thread-safe.
 */
public final class Updates {
    private final Schedule.When.Datasets rule;
    private final Set<String> uris;
    private final Map<String, Seen> seen = new HashMap<>();

    public Updates(Schedule.When.Datasets rule) {
        this.rule = rule;
        this.uris = new LinkedHashSet<>(rule.uris());
    }

    private record Seen(Instant first, Instant last) {
        Seen and(Seen other) {
            return new Seen(
                    other.first.isBefore(first) ? other.first : first, other.last.isAfter(last) ? other.last : last);
        }
    }

    /** The datasets that it waits for. */
    public Set<String> uris() {
        return uris;
    }

    /** There was an update; of another dataset it is none of its business. */
    public void add(String uri, Instant at) {
        add(uri, at, at);
    }

    /** There were updates of a dataset, the first and the last of them then. */
    public void add(String uri, Instant first, Instant last) {
        if (uris.contains(uri)) {
            seen.merge(uri, new Seen(first, last), Seen::and);
        }
    }

    /** A run has seen all of them. */
    public void clear() {
        seen.clear();
    }

    /** Those without which it does not fire, and that have no update yet: for any of several all of them, or none. */
    public List<String> missing() {
        return rule.all() || seen.isEmpty()
                ? uris.stream().filter(uri -> !seen.containsKey(uri)).toList()
                : List.of();
    }

    /**
     * When it fires if no update comes any more; empty as long as one is missing. May be past. It is when nothing came for
     * {@code debounce}, or {@code max-wait} after the first update if that is earlier, but not before none is missing.
     */
    public Optional<Instant> due() {
        if (!missing().isEmpty()) {
            return Optional.empty();
        }
        var quiet = last().plus(rule.debounce());
        var due = rule.maxWait()
                .map(wait -> first().plus(wait))
                .filter(latest -> latest.isBefore(quiet))
                .orElse(quiet);
        var complete = complete();
        return Optional.of(due.isBefore(complete) ? complete : due);
    }

    private Instant first() {
        return seen.values().stream()
                .map(Seen::first)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Instant last() {
        return seen.values().stream()
                .map(Seen::last)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Since when none is missing. */
    private Instant complete() {
        return rule.all()
                ? seen.values().stream()
                        .map(Seen::first)
                        .max(Comparator.naturalOrder())
                        .orElseThrow()
                : first();
    }

    /** In words what it waits for. */
    public String words(Instant now) {
        var missing = missing();
        if (!missing.isEmpty()) {
            var updated = uris.size() - missing.size();
            return "waits for an update of " + String.join(rule.all() ? " and " : " or ", missing)
                    + (updated == 0 ? "" : "; " + updated + " of " + uris.size() + " are updated");
        }
        var due = due().orElseThrow();
        return due.isAfter(now)
                ? "updated; waits " + Durations.format(ceiling(Duration.between(now, due)))
                        + " for further updates (debounce "
                        + Durations.format(rule.debounce()) + ")"
                : "updated; due";
    }

    private static Duration ceiling(Duration wait) {
        return Duration.ofSeconds(wait.plusNanos(999_999_999).toSeconds());
    }
}
