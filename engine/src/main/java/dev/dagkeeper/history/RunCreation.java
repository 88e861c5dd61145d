package dev.dagkeeper.history;

import dev.dagkeeper.history.NewRun.Idempotency;
import dev.dagkeeper.history.NewRun.Outcome;
import dev.dagkeeper.history.NewRun.PendingStep;
import dev.dagkeeper.run.RunHeader;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.NullArgument;
import org.jdbi.v3.core.statement.Query;
import tools.jackson.databind.node.JsonNodeFactory;

/** Stores a run, all its steps and its idempotency key in one statement, which is one durable transaction. */
final class RunCreation {
    /** The columns of {@code run} that are fixed at its creation, in the order in which they are written. */
    static final String COLUMNS = """
            id, revision_id, namespace, workflow, revision, trigger, nominal_time,
            interval_start, interval_end, priority, inputs, labels, created_at, due_at, concurrency_group, series, events
            """.strip();

    private RunCreation() {}

    static Outcome create(Handle handle, NewRun run) {
        // While another transaction holds the same key, ON CONFLICT waits for what becomes of it.
        var query = handle.createQuery("""
                WITH taken AS (
                    INSERT INTO idempotency_key (key, request_hash, run_id)
                    SELECT :key, :request_hash, :id WHERE :key IS NOT NULL
                    ON CONFLICT DO NOTHING
                    RETURNING key
                ), created AS (
                    INSERT INTO run (%s)
                    SELECT :id, :revision_id, :namespace, :workflow, :revision, :trigger, :nominal_time,
                        :interval_start, :interval_end, :priority, :inputs::json, :labels::jsonb, :created_at, :due_at,
                        :concurrency_group, :series, NULL::json
                    WHERE :key IS NULL OR EXISTS (SELECT FROM taken)
                    RETURNING id
                ), steps AS (
                    INSERT INTO step (run_id, step, step_id, reason)
                    SELECT created.id, s.place - 1, s.name, s.reason
                    FROM created, unnest(:steps, :reasons) WITH ORDINALITY AS s (name, reason, place)
                )
                SELECT count(*) FROM created
                """.formatted(COLUMNS));
        var created = bind(query, run).mapTo(Integer.class).one() == 1;
        return created
                ? new Outcome.Created()
                : earlier(handle, run.idempotency().orElseThrow());
    }

    private static Query bind(Query query, NewRun run) {
        bindHeader(query, run.header());
        return query.bind("key", run.idempotency().map(Idempotency::key).orElse(null))
                .bind(
                        "request_hash",
                        run.idempotency().map(Idempotency::requestHash).orElse(null))
                .bind("labels", labels(run))
                .bind("steps", SqlArray.texts(run.steps(), PendingStep::name))
                .bind("reasons", SqlArray.texts(run.steps(), PendingStep::reason));
    }

    static String labels(NewRun run) {
        var labels = JsonNodeFactory.instance.objectNode();
        run.labels().forEach(labels::put);
        return Json.write(labels);
    }

    private static void bindHeader(Query query, RunHeader header) {
        query.bind("id", header.id().value())
                .bind("revision_id", header.revisionId())
                .bind("namespace", header.namespace())
                .bind("workflow", header.facts().workflow())
                .bind("revision", header.facts().revision())
                .bind("trigger", header.facts().trigger())
                .bind("nominal_time", time(header.facts().time()))
                .bind("interval_start", time(header.facts().intervalStart()))
                .bind("interval_end", time(header.facts().intervalEnd()))
                .bind("priority", header.priority())
                .bind("inputs", Json.write(header.inputs()))
                .bind("created_at", time(header.createdAt()))
                .bind("concurrency_group", header.group())
                .bind("series", header.series());
        header.due()
                .ifPresentOrElse(
                        due -> query.bind("due_at", time(due)),
                        () -> query.bind("due_at", new NullArgument(Types.TIMESTAMP_WITH_TIMEZONE)));
    }

    private static Outcome earlier(Handle handle, Idempotency idempotency) {
        return handle.createQuery("SELECT request_hash, run_id FROM idempotency_key WHERE key = :key")
                .bind("key", idempotency.key())
                .map((row, context) -> {
                    var first = Columns.runId(row, "run_id");
                    return row.getString("request_hash").equals(idempotency.requestHash())
                            ? new Outcome.Replayed(first)
                            : new Outcome.KeyTaken(first);
                })
                .one();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
