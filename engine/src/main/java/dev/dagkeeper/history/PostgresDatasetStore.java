package dev.dagkeeper.history;

import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.run.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;

/** Datasets and their updates as they are shown and recorded. */
final class PostgresDatasetStore implements DatasetStore {
    private static final String EVENT = """
            SELECT e.id, e.uri, e.at, e.recorded_at, e.namespace, e.workflow, e.run_id, e.step, e.recorded_by, e.data,
                (SELECT json_agg(json_build_object('namespace', w.namespace, 'workflow', w.name, 'trigger', u.trigger,
                        'fire', u.fire, 'run', u.run_id) ORDER BY u.fire, u.workflow_id, u.trigger)
                    FROM dataset_use u JOIN workflow w ON w.id = u.workflow_id WHERE u.event_id = e.id) AS uses
            FROM dataset_event e
            """;

    private final Pool pool;

    PostgresDatasetStore(Pool pool) {
        this.pool = pool;
    }

    /** One statement, and so one transaction, which nothing can leave open: others wait for its end. */
    @Override
    public Outcome record(NewEvent event) {
        return pool.with("record an update of " + event.uri(), handle -> {
            var id = handle.createQuery("""
                            WITH %s
                            INSERT INTO dataset_event (uri, at, recorded_at, recorded_by, data, key, request_hash)
                            SELECT :uri, coalesce(:at::timestamptz, clock.now), clock.now, :by, :data::json, :key, :request_hash
                            FROM turn, LATERAL (SELECT clock_timestamp() AS now WHERE turn.taken IS NOT NULL) AS clock
                            ON CONFLICT (key) DO NOTHING
                            RETURNING id
                            """.formatted(DatasetStatements.TURN))
                    .bind("uri", Text.storable(event.uri()))
                    .bind("at", event.at().map(Object::toString).orElse(null))
                    .bind("by", Text.storable(event.by()))
                    .bind("data", event.data().map(Json::write).orElse(null))
                    .bind(
                            "key",
                            event.idempotency().map(NewRun.Idempotency::key).orElse(null))
                    .bind(
                            "request_hash",
                            event.idempotency()
                                    .map(NewRun.Idempotency::requestHash)
                                    .orElse(null))
                    .mapTo(Long.class)
                    .findOne();
            return id.<Outcome>map(Outcome.Recorded::new)
                    .orElseGet(() -> earlier(handle, event.idempotency().orElseThrow()));
        });
    }

    private static Outcome earlier(Handle handle, NewRun.Idempotency idempotency) {
        return handle.createQuery("SELECT id, request_hash FROM dataset_event WHERE key = :key")
                .bind("key", idempotency.key())
                .map((row, context) -> row.getString("request_hash").equals(idempotency.requestHash())
                        ? new Outcome.Replayed(row.getLong("id"))
                        : new Outcome.KeyTaken(row.getLong("id")))
                .one();
    }

    @Override
    public Optional<EventView> find(long id) {
        return pool.with(
                "read dataset event " + id,
                handle -> handle.createQuery(EVENT + "WHERE e.id = :id")
                        .bind("id", id)
                        .map((row, context) -> event(row))
                        .findOne());
    }

    @Override
    public List<EventView> events(EventFilter filter) {
        var conditions = new StringBuilder("WHERE true");
        filter.uri().ifPresent(_ -> conditions.append(" AND e.uri = :uri"));
        filter.run()
                .ifPresent(
                        _ -> conditions.append(" AND e.id IN (SELECT event_id FROM dataset_use WHERE run_id = :run)"));
        filter.before().ifPresent(_ -> conditions.append(" AND e.id < :before"));
        return pool.with("list dataset events", handle -> {
            var query = handle.createQuery(EVENT + conditions + " ORDER BY e.id DESC LIMIT :limit");
            filter.uri().ifPresent(uri -> query.bind("uri", uri));
            filter.run().ifPresent(run -> query.bind("run", run.value()));
            filter.before().ifPresent(before -> query.bind("before", before));
            return query.bind("limit", filter.limit())
                    .map((row, context) -> event(row))
                    .list();
        });
    }

    private static EventView event(ResultSet row) throws SQLException {
        Optional<Source> source = Columns.optionalText(row, "run_id").isEmpty()
                ? Optional.empty()
                : Optional.of(new Source(
                        row.getString("namespace"),
                        row.getString("workflow"),
                        Columns.runId(row, "run_id"),
                        row.getString("step")));
        return new EventView(
                row.getLong("id"),
                row.getString("uri"),
                Columns.time(row, "at"),
                Columns.time(row, "recorded_at"),
                source,
                row.getString("recorded_by"),
                Columns.optionalJson(row, "data"),
                each(Columns.optionalJson(row, "uses"), PostgresDatasetStore::use));
    }

    private static <T> List<T> each(Optional<JsonNode> array, java.util.function.Function<JsonNode, T> reader) {
        return array.map(json -> json.values().stream().map(reader).toList()).orElse(List.of());
    }

    private static Use use(JsonNode json) {
        return new Use(
                new TriggerName(text(json, "namespace"), text(json, "workflow"), text(json, "trigger")),
                OffsetDateTime.parse(text(json, "fire")).toInstant(),
                json.path("run").isString() ? Optional.of(RunId.parse(text(json, "run"))) : Optional.empty());
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).stringValue();
    }

    /** From URI to URI by the indexes: there may be many events of each. */
    @Override
    public List<DatasetView> list(Optional<String> after, int limit) {
        return pool.with(
                "list datasets",
                handle -> handle.createQuery("""
                        WITH RECURSIVE known AS (
                            SELECT least((SELECT min(uri) FROM dataset_event WHERE uri > :after),
                                (SELECT min(uri) FROM dataset_link WHERE uri > :after)) AS uri
                            UNION ALL
                            SELECT least((SELECT min(uri) FROM dataset_event WHERE uri > known.uri),
                                (SELECT min(uri) FROM dataset_link WHERE uri > known.uri))
                            FROM known WHERE known.uri IS NOT NULL
                        ), page AS (SELECT uri FROM known WHERE uri IS NOT NULL LIMIT :limit)
                        SELECT page.uri, last.id, last.at, %s AS producers, %s AS consumers
                        FROM page LEFT JOIN LATERAL (
                            SELECT id, at FROM dataset_event e WHERE e.uri = page.uri ORDER BY id DESC LIMIT 1
                        ) AS last ON true
                        ORDER BY page.uri
                        """.formatted(links("producer"), links("consumer")))
                        .bind("after", after.orElse(""))
                        .bind("limit", RevisionStorage.checkedLimit(limit))
                        .map((row, context) -> new DatasetView(
                                row.getString("uri"),
                                Columns.optionalTime(row, "at").isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(new LastEvent(row.getLong("id"), Columns.time(row, "at"))),
                                each(Columns.optionalJson(row, "producers"), PostgresDatasetStore::link),
                                each(Columns.optionalJson(row, "consumers"), PostgresDatasetStore::link)))
                        .list());
    }

    private static String links(String role) {
        return """
                (SELECT json_agg(json_build_object('namespace', w.namespace, 'workflow', w.name, 'name', l.name)
                        ORDER BY w.namespace, w.name, l.name)
                    FROM dataset_link l JOIN workflow w ON w.id = l.workflow_id WHERE l.uri = page.uri AND l.role = '%s')
                """.formatted(role).strip();
    }

    private static Link link(JsonNode json) {
        return new Link(text(json, "namespace"), text(json, "workflow"), text(json, "name"));
    }

    @Override
    public Map<TriggerName, List<Waiting>> waiting(Collection<TriggerName> triggers) {
        if (triggers.isEmpty()) {
            return Map.of();
        }
        return pool.with("read what triggers wait for", handle -> {
            var waiting = new HashMap<TriggerName, List<Waiting>>();
            handle.createQuery("""
                            SELECT k.namespace, k.workflow, k.trigger, d.uri, e.updates, e.first, e.last
                            FROM unnest(:namespaces, :workflows, :triggers) AS k (namespace, workflow, trigger)
                            JOIN workflow w ON w.namespace = k.namespace AND w.name = k.workflow
                            JOIN trigger t ON t.workflow_id = w.id AND t.name = k.trigger AND t.removed_at IS NULL
                            LEFT JOIN trigger_cursor c ON c.trigger_id = t.id
                            CROSS JOIN LATERAL json_array_elements_text(coalesce(t.schedule -> 'all', t.schedule -> 'any'))
                                WITH ORDINALITY AS d (uri, place)
                            CROSS JOIN LATERAL (
                                SELECT count(*) AS updates, min(recorded_at) AS first, max(recorded_at) AS last
                                FROM dataset_event e
                                WHERE e.uri = d.uri AND e.id > coalesce(c.event_id, 0) AND e.recorded_at >= t.since
                            ) AS e
                            ORDER BY k.namespace, k.workflow, k.trigger, d.place
                            """)
                    .bind("namespaces", SqlArray.texts(triggers, TriggerName::namespace))
                    .bind("workflows", SqlArray.texts(triggers, TriggerName::workflow))
                    .bind("triggers", SqlArray.texts(triggers, TriggerName::trigger))
                    .map((row, context) -> Map.entry(
                            new TriggerName(
                                    row.getString("namespace"), row.getString("workflow"), row.getString("trigger")),
                            new Waiting(
                                    row.getString("uri"),
                                    row.getInt("updates"),
                                    Columns.optionalTime(row, "first"),
                                    Columns.optionalTime(row, "last"))))
                    .forEach(row -> waiting.computeIfAbsent(row.getKey(), _ -> new ArrayList<>())
                            .add(row.getValue()));
            return waiting;
        });
    }
}
