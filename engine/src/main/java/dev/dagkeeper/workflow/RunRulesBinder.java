package dev.dagkeeper.workflow;

import java.util.Optional;

/** Binds what starts runs by itself, holds them back, and says by when they must have ended. */
final class RunRulesBinder {
    private static final int MOST_RUNS = 10_000;

    private final WorkflowDraft draft;
    private final Problems problems;
    private final Scalars scalars;

    RunRulesBinder(WorkflowDraft draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    void bind(MapReader top) {
        top.ifPresent("triggers", field -> {
            var binder = new TriggerBinder(problems);
            MapReader.each(field, problems, (key, value) -> {
                if (scalars.checkId(key)) {
                    binder.bind(key, value).ifPresent(draft.triggers::add);
                }
            });
        });
        top.ifPresent(
                "concurrency",
                field -> MapReader.open(field, Keys.CONCURRENCY, problems).ifPresent(this::concurrency));
        top.ifPresent("deadlines", field -> {
            scalars.list(field)
                    .forEach(item ->
                            MapReader.open(item, Keys.DEADLINE, problems).ifPresent(this::deadline));
        });
    }

    private void concurrency(MapReader map) {
        draft.concurrency = Optional.of(new WorkflowDraft.ConcurrencyDraft(
                map.get("group").filter(f -> scalars.text(f).isPresent()),
                map.require("max", "how many runs at once")
                        .flatMap(f -> scalars.integer(f, 1, MOST_RUNS))
                        .orElse(1),
                map.get("on-conflict")
                        .flatMap(f -> scalars.oneOf(f, Concurrency.OnConflict.class))
                        .orElse(Concurrency.OnConflict.QUEUE)));
    }

    private void deadline(MapReader map) {
        var from = map.require("from", "one of scheduled, queued, started")
                .flatMap(f -> scalars.oneOf(f, Deadline.From.class));
        var within = map.require("within", "a duration")
                .flatMap(f -> scalars.duration(f, RetryBinder.SHORTEST, RetryBinder.LONGEST));
        var action =
                map.require("do", "one of alert, cancel, fail").flatMap(f -> scalars.oneOf(f, Deadline.Action.class));
        if (from.isPresent() && within.isPresent() && action.isPresent()) {
            draft.deadlines.add(new Deadline(from.get(), within.get(), action.get()));
        }
    }
}
