package dev.dagkeeper.history;

import dev.dagkeeper.history.LeaderTransaction.Part;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The statements of a {@link LeaderTransaction}. Each reads its rows from arrays that are sorted by key, and the session's
 * plans (see {@link Sessions}) look them up one by one in that order: that is the order of locking.
 */
final class LeaderStatements {
    /** What Postgres allows for one notification, less its terminating byte. */
    private static final int MAX_PAYLOAD_BYTES = 7999;

    private static final int ID_BYTES = 36;

    private LeaderStatements() {}

    /** One statement for each list that is not empty. */
    static List<Part> of(RunWrites writes) {
        var parts = new ArrayList<Part>(FireStatements.of(writes.fires()));
        if (!writes.datasets().consumed().isEmpty()) {
            parts.add(DatasetStatements.consumed(writes.datasets().consumed()));
        }
        if (!writes.lostAttempts().isEmpty()) {
            var lost = writes.lostAttempts().stream()
                    .sorted(Comparator.comparing(LostAttempt::key))
                    .toList();
            parts.add(expectNoReport(lost));
            parts.add(lostAttempts(lost));
        }
        // Before the updates of steps: some of the new rows may have moved on in the same round.
        if (!writes.instances().isEmpty()) {
            parts.add(instances(writes.instances()));
        }
        if (!writes.steps().isEmpty()) {
            parts.add(steps(Merged.steps(writes.steps())));
        }
        if (!writes.runs().isEmpty()) {
            parts.add(runs(Merged.runs(writes.runs())));
        }
        if (!writes.events().isEmpty()) {
            parts.add(events(writes.events()));
        }
        parts.addAll(AlertStatements.of(writes.alerts()));
        if (!writes.commands().isEmpty()) {
            parts.add(commands(writes.commands()));
        }
        if (!writes.datasets().produced().isEmpty()) {
            parts.add(DatasetStatements.produced(writes.datasets().produced()));
        }
        if (!writes.events().isEmpty()) {
            parts.add(announcement(writes.events()));
        }
        return parts;
    }

    /** A result that came after the leader looked must not be forgotten: then the whole round fails. */
    private static Part expectNoReport(List<LostAttempt> lost) {
        return Part.of(
                "lost claims",
                lost.size(),
                "SELECT expect_no_report(?, ?, ?, ?)",
                SqlArray.keys(lost, LostAttempt::key),
                SqlArray.integers(lost, LostAttempt::claim));
    }

    /** Stands before the update of the step, which forgets when the lost claim started. */
    private static Part lostAttempts(List<LostAttempt> lost) {
        return Part.of(
                "lost attempts",
                lost.size(),
                """
                INSERT INTO attempt (run_id, step, index, claim, attempt, result, worker, started_at, ended_at, error_kind, error)
                SELECT w.run_id, w.step, w.index, w.claim, w.attempt, 'lost', w.worker, s.started_at, w.at, 'lost', w.error
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?) AS w (run_id, step, index, claim, attempt, worker, at, error)
                JOIN step s ON s.run_id = ANY (ARRAY[w.run_id]) AND s.step = w.step AND s.index = w.index
                """,
                SqlArray.keys(lost, LostAttempt::key),
                SqlArray.integers(lost, LostAttempt::claim),
                SqlArray.integers(lost, LostAttempt::attempt),
                SqlArray.optionalTexts(lost, LostAttempt::worker),
                SqlArray.times(lost, LostAttempt::at),
                SqlArray.texts(lost, LostAttempt::error));
    }

    private static Part steps(List<StepWrite> steps) {
        return Part.of(
                "steps",
                steps.size(),
                """
                UPDATE step s SET
                    state = w.state, reason = w.reason, claim = w.claim, attempt = w.attempt, lost = w.lost,
                    worker = w.worker, due_at = w.due_at, ended_at = w.ended_at,
                    started_at = coalesce(w.started_at, CASE WHEN w.claim = s.claim THEN s.started_at END),
                    report = CASE WHEN w.claim = s.claim THEN s.report END,
                    exit_code = CASE WHEN w.claim = s.claim THEN s.exit_code END,
                    error_kind = CASE WHEN w.claim = s.claim THEN s.error_kind END,
                    error = CASE WHEN w.claim = s.claim THEN s.error END,
                    retryable = CASE WHEN w.claim = s.claim THEN s.retryable END,
                    outputs = CASE WHEN w.claim = s.claim THEN s.outputs END,
                    ask_again_at = CASE WHEN w.claim = s.claim THEN s.ask_again_at END,
                    report_worker = CASE WHEN w.claim = s.claim THEN s.report_worker END,
                    report_started_at = CASE WHEN w.claim = s.claim THEN s.report_started_at END,
                    report_ended_at = CASE WHEN w.claim = s.claim THEN s.report_ended_at END,
                    resume_state = CASE WHEN w.attempt = s.attempt THEN s.resume_state END
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    AS w (run_id, step, index, state, reason, claim, attempt, lost, worker, started_at, ended_at, due_at)
                WHERE s.run_id = ANY (ARRAY[w.run_id]) AND s.step = w.step AND s.index = w.index
                    AND s.claim <= w.claim AND s.state NOT IN %s
                """.formatted(StepRows.FINAL),
                SqlArray.keys(steps, StepWrite::key),
                SqlArray.texts(steps, step -> step.state().text()),
                SqlArray.texts(steps, StepWrite::reason),
                SqlArray.integers(steps, StepWrite::claim),
                SqlArray.integers(steps, StepWrite::attempt),
                SqlArray.integers(steps, StepWrite::lost),
                SqlArray.optionalTexts(steps, StepWrite::worker),
                SqlArray.optionalTimes(steps, StepWrite::startedAt),
                SqlArray.optionalTimes(steps, StepWrite::endedAt),
                SqlArray.optionalTimes(steps, StepWrite::due));
    }

    private static Part instances(List<NewInstances> foreachSteps) {
        var rows = foreachSteps.stream().flatMap(LeaderStatements::rows).toList();
        return Part.of(
                "instances",
                rows.size(),
                """
                INSERT INTO step (run_id, step, index, step_id, item, reason)
                SELECT w.run_id, w.step, w.index, w.step_id, w.item::json, w.reason
                FROM unnest(?, ?, ?, ?, ?, ?) AS w (run_id, step, index, step_id, item, reason)
                """,
                SqlArray.keys(rows, Instance::key),
                SqlArray.texts(rows, Instance::name),
                SqlArray.optionalJson(rows, instance -> Optional.of(instance.item())),
                SqlArray.texts(rows, Instance::reason));
    }

    private static java.util.stream.Stream<Instance> rows(NewInstances step) {
        return java.util.stream.IntStream.range(0, step.items().size())
                .mapToObj(index -> new Instance(
                        new StepKey(step.run(), step.step(), index),
                        step.name(),
                        step.items().get(index),
                        step.reason()));
    }

    private record Instance(StepKey key, String name, JsonNode item, String reason) {}

    private static Part runs(List<RunWrite> runs) {
        return Part.of(
                "runs",
                runs.size(),
                """
                UPDATE run r SET
                    state = w.state, reason = w.reason,
                    verdict = coalesce(w.verdict, r.verdict),
                    started_at = coalesce(w.started_at, r.started_at),
                    ended_at = coalesce(w.ended_at, r.ended_at),
                    outputs = coalesce(w.outputs::json, r.outputs)
                FROM unnest(?, ?, ?, ?, ?, ?, ?) AS w (id, state, reason, verdict, started_at, ended_at, outputs)
                WHERE r.id = ANY (ARRAY[w.id]) AND r.state NOT IN %s
                """.formatted(RunRows.FINAL),
                List.of(SqlArray.uuids(runs, run -> run.run().value())),
                SqlArray.texts(runs, run -> run.state().text()),
                SqlArray.texts(runs, RunWrite::reason),
                SqlArray.optionalTexts(runs, run -> run.verdict().map(RunState::text)),
                SqlArray.optionalTimes(runs, RunWrite::startedAt),
                SqlArray.optionalTimes(runs, RunWrite::endedAt),
                SqlArray.optionalTexts(runs, run -> run.outputs().map(Json::write)));
    }

    private static Part events(List<EventWrite> events) {
        return Part.of(
                "events",
                events.size(),
                """
                INSERT INTO event (run_id, seq, at, step_id, index, attempt, type, from_state, to_state, reason, data)
                SELECT w.run_id, w.seq, w.at, w.step_id, w.index, w.attempt, w.type, w.from_state, w.to_state, w.reason,
                    w.data::json
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    AS w (run_id, seq, at, step_id, index, attempt, type, from_state, to_state, reason, data)
                """,
                List.of(SqlArray.uuids(events, event -> event.run().value())),
                SqlArray.longs(events, EventWrite::seq),
                SqlArray.times(events, EventWrite::at),
                SqlArray.optionalTexts(events, EventWrite::step),
                SqlArray.optionalIntegers(events, EventWrite::index),
                SqlArray.optionalIntegers(events, EventWrite::attempt),
                SqlArray.texts(events, EventWrite::type),
                SqlArray.texts(events, EventWrite::from),
                SqlArray.texts(events, EventWrite::to),
                SqlArray.texts(events, EventWrite::reason),
                SqlArray.optionalJson(events, EventWrite::data));
    }

    /**
     * Tells those who wait for an outcome as well; a result set, so its rows are not counted as changes. Not {@code applied IS
     * NULL}, which would invite to read all of the index of pending ones.
     */
    private static Part commands(List<CommandOutcome> outcomes) {
        var sorted = outcomes.stream()
                .sorted(Comparator.comparingLong(CommandOutcome::command))
                .toList();
        return Part.of(
                "commands",
                sorted.size(),
                """
                WITH decided AS (
                    UPDATE command c SET applied = w.applied, reason = w.reason, decided_at = clock_timestamp()
                    FROM unnest(?, ?, ?) AS w (id, applied, reason)
                    WHERE c.id = ANY (ARRAY[w.id]) AND c.decided_at IS NULL
                    RETURNING c.run_id
                )
                SELECT pg_notify('dagkeeper_events', run_id::text) FROM (SELECT DISTINCT run_id FROM decided) AS runs
                """,
                List.of(SqlArray.longs(sorted, CommandOutcome::command)),
                SqlArray.booleans(sorted, CommandOutcome::applied),
                SqlArray.texts(sorted, CommandOutcome::reason));
    }

    private static Part announcement(List<EventWrite> events) {
        var runs = new TreeSet<RunId>();
        events.forEach(event -> runs.add(event.run()));
        return Part.of(
                "announcements",
                0,
                "SELECT pg_notify('dagkeeper_events', w.runs) FROM unnest(?) AS w (runs)",
                List.of(SqlArray.texts(payloads(List.copyOf(runs)), payload -> payload)));
    }

    /** Comma-separated ids in texts that fit into one notification each. */
    static List<String> payloads(List<RunId> runs) {
        var most = (MAX_PAYLOAD_BYTES + 1) / (ID_BYTES + 1);
        var payloads = new ArrayList<String>();
        for (var from = 0; from < runs.size(); from += most) {
            var part = runs.subList(from, Math.min(from + most, runs.size()));
            payloads.add(String.join(",", part.stream().map(RunId::toString).toList()));
        }
        return payloads;
    }
}
