package dev.dagkeeper.history;

import dev.dagkeeper.history.DatasetWrites.Consumed;
import dev.dagkeeper.history.DatasetWrites.Produced;
import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.LeaderStore.RecordedEvent;
import dev.dagkeeper.history.LeaderStore.UnseenOfOne;
import dev.dagkeeper.history.LeaderTransaction.Part;
import dev.dagkeeper.workflow.DatasetEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** What the leader reads and writes about datasets. */
final class DatasetStatements {
    /** The largest outputs that become the data of an event, in characters of JSON. */
    static final int LARGEST_DATA = 16_384;

    /**
     * Those who write events take turns until their transactions have ended: so events become visible in the order of their ids, and whoever
     * has seen one has seen all before it.
     */
    static final String TURN = """
            turn AS MATERIALIZED (
                SELECT pg_advisory_xact_lock(hashtext('dagkeeper dataset events'))::text AS taken)
            """.strip();

    private DatasetStatements() {}

    /** Stands behind all else that takes time, since the turn is held from here on. */
    static Part produced(List<Produced> unordered) {
        var produced = unordered.stream()
                .sorted(Comparator.comparing(Produced::key).thenComparing(Produced::uri))
                .toList();
        return Part.of(
                "dataset events",
                produced.size(),
                """
                WITH %s
                INSERT INTO dataset_event (uri, at, recorded_at, namespace, workflow, run_id, step, data)
                SELECT w.uri, w.at, clock_timestamp(), w.namespace, w.workflow, w.run_id, w.step,
                    CASE WHEN length(s.outputs::text) <= %d THEN s.outputs END
                FROM turn, unnest(?, ?, ?, ?, ?, ?, ?, ?)
                    AS w (run_id, ordinal, index, uri, at, namespace, workflow, step)
                JOIN step s ON s.run_id = ANY (ARRAY[w.run_id]) AND s.step = w.ordinal AND s.index = w.index
                WHERE turn.taken IS NOT NULL
                ON CONFLICT (run_id, step, uri) WHERE run_id IS NOT NULL DO NOTHING
                """.formatted(TURN, LARGEST_DATA),
                SqlArray.keys(produced, Produced::key),
                SqlArray.texts(produced, Produced::uri),
                SqlArray.times(produced, Produced::at),
                SqlArray.texts(produced, Produced::namespace),
                SqlArray.texts(produced, Produced::workflow),
                SqlArray.texts(produced, Produced::step));
    }

    /** Stands behind the insertion of the fires: what a fire is for is consumed only together with it. */
    static Part consumed(List<Consumed> consumed) {
        var rows = consumed.stream()
                .flatMap(fire -> fire.events().uris().stream().map(uri -> new Row(fire, uri)))
                .toList();
        return Part.of(
                "consumed events",
                // As many as there are: nobody counted them.
                -1,
                """
                INSERT INTO dataset_use (event_id, workflow_id, trigger, fire, run_id)
                SELECT e.id, w.workflow_id, w.trigger, w.fire, w.run_id
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                    AS w (workflow_id, trigger, fire, run_id, uri, after, up_to, since)
                JOIN fire f ON f.workflow_id = ANY (ARRAY[w.workflow_id]) AND f.trigger = w.trigger AND f.fire = w.fire
                    AND f.run_id IS NOT DISTINCT FROM w.run_id
                JOIN dataset_event e ON e.uri = ANY (ARRAY[w.uri]) AND e.id > w.after AND e.id <= w.up_to
                    AND e.recorded_at >= w.since
                ON CONFLICT DO NOTHING
                """,
                List.of(SqlArray.longs(rows, row -> row.fire().workflowId())),
                SqlArray.texts(rows, row -> row.fire().trigger()),
                SqlArray.times(rows, row -> row.fire().fire()),
                SqlArray.of(
                        "uuid",
                        rows,
                        row -> row.fire().run().map(run -> run.value()).orElse(null)),
                SqlArray.texts(rows, Row::uri),
                SqlArray.longs(rows, row -> row.fire().events().after()),
                SqlArray.longs(rows, row -> row.fire().events().upTo()),
                SqlArray.times(rows, row -> row.fire().events().since()));
    }

    private record Row(Consumed fire, String uri) {}

    static long last(Handle handle) {
        return handle.createQuery("SELECT coalesce(max(id), 0) FROM dataset_event")
                .mapTo(Long.class)
                .one();
    }

    static List<RecordedEvent> after(Handle handle, long after, int most) {
        return handle.createQuery("""
                        SELECT id, uri, recorded_at FROM dataset_event WHERE id > :after ORDER BY id LIMIT :most
                        """)
                .bind("after", after)
                .bind("most", most)
                .map((row, context) ->
                        new RecordedEvent(row.getLong("id"), row.getString("uri"), Columns.time(row, "recorded_at")))
                .list();
    }

    static Map<Long, List<UnseenOfOne>> unseen(Handle handle, Map<Long, Unseen> triggers) {
        record Asked(long trigger, String uri, Unseen which) {}
        var asked = triggers.entrySet().stream()
                .flatMap(entry ->
                        entry.getValue().uris().stream().map(uri -> new Asked(entry.getKey(), uri, entry.getValue())))
                .toList();
        var unseen = new HashMap<Long, List<UnseenOfOne>>();
        handle.createQuery("""
                        SELECT k.trigger, k.uri, e.first, e.last
                        FROM unnest(:triggers, :uris, :after, :up_to, :since) AS k (trigger, uri, after, up_to, since)
                        CROSS JOIN LATERAL (
                            SELECT min(recorded_at) AS first, max(recorded_at) AS last FROM dataset_event e
                            WHERE e.uri = ANY (ARRAY[k.uri]) AND e.id > k.after AND e.id <= k.up_to AND e.recorded_at >= k.since
                        ) AS e
                        WHERE e.first IS NOT NULL
                        """)
                .bind("triggers", SqlArray.longs(asked, Asked::trigger))
                .bind("uris", SqlArray.texts(asked, Asked::uri))
                .bind("after", SqlArray.longs(asked, one -> one.which().after()))
                .bind("up_to", SqlArray.longs(asked, one -> one.which().upTo()))
                .bind("since", SqlArray.times(asked, one -> one.which().since()))
                .map((row, context) -> Map.entry(
                        row.getLong("trigger"),
                        new UnseenOfOne(row.getString("uri"), Columns.time(row, "first"), Columns.time(row, "last"))))
                .forEach(row -> unseen.computeIfAbsent(row.getKey(), _ -> new ArrayList<>())
                        .add(row.getValue()));
        return unseen;
    }

    /** The newest of them, oldest first. */
    static List<DatasetEvent> events(Handle handle, Unseen which, int most) {
        return handle.createQuery("""
                        SELECT id, uri, at, workflow, run_id, step, data
                        FROM dataset_event
                        WHERE uri = ANY (:uris) AND id > :after AND id <= :up_to AND recorded_at >= :since
                        ORDER BY id DESC
                        LIMIT :most
                        """)
                .bind("uris", SqlArray.texts(which.uris(), uri -> uri))
                .bind("after", which.after())
                .bind("up_to", which.upTo())
                .bind("since", which.since())
                .bind("most", most)
                .map((row, context) -> event(row))
                .list()
                .reversed();
    }

    private static DatasetEvent event(ResultSet row) throws SQLException {
        return new DatasetEvent(
                row.getLong("id"),
                row.getString("uri"),
                Columns.time(row, "at"),
                row.getString("workflow"),
                Columns.optionalText(row, "run_id").orElse(""),
                row.getString("step"),
                Columns.optionalJson(row, "data"));
    }
}
