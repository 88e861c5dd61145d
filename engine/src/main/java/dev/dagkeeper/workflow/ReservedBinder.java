package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.List;

/** Binds the top-level keys that are checked and not carried out yet. */
final class ReservedBinder {
    private static final int MOST_RUNS = 10_000;

    private final WorkflowDraft draft;
    private final Problems problems;
    private final Scalars scalars;

    ReservedBinder(WorkflowDraft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    void bind(MapReader top) {
        top.ifPresent("triggers", field -> {
            draft.reserve("triggers", field);
            var binder = new TriggerBinder(draft, problems);
            MapReader.each(field, problems, (key, value) -> {
                if (scalars.checkId(key)) {
                    binder.bind(key, value);
                }
            });
        });
        top.ifPresent("concurrency", field -> {
            draft.reserve("concurrency", field);
            MapReader.open(field, Keys.CONCURRENCY, problems).ifPresent(this::concurrency);
        });
        top.ifPresent("deadlines", field -> {
            draft.reserve("deadlines", field);
            scalars.list(field)
                    .forEach(item ->
                            MapReader.open(item, Keys.DEADLINE, problems).ifPresent(this::deadline));
        });
    }

    private void concurrency(MapReader map) {
        draft.concurrencyGroup = map.get("group").filter(f -> scalars.text(f).isPresent());
        map.require("max", "how many runs at once").ifPresent(f -> scalars.integer(f, 1, MOST_RUNS));
        map.ifPresent(
                "on-conflict",
                f -> scalars.oneOf(
                        f, List.of("allow", "queue", "queue-first", "queue-latest", "skip", "fail", "cancel-running")));
    }

    private void deadline(MapReader map) {
        map.require("from", "one of scheduled, queued, started")
                .ifPresent(f -> scalars.oneOf(f, List.of("scheduled", "queued", "started")));
        map.require("within", "a duration")
                .ifPresent(f -> scalars.duration(f, Duration.ofMillis(1), RetryBinder.LONGEST));
        map.require("do", "one of alert, cancel, fail")
                .ifPresent(f -> scalars.oneOf(f, List.of("alert", "cancel", "fail")));
    }
}
