package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

final class PostgresAlertStore implements AlertStore {
    private static final int ROUTED_AT_ONCE = 1_000;

    private static final String ALERT =
            "a.id, a.created_at, a.kind, a.namespace, a.workflow, a.run_id, a.subject, a.data";

    private static final String DEAD =
            "EXISTS (SELECT FROM alert_delivery d WHERE d.alert_id = a.id AND d.state = 'dead')";
    private static final String OPEN =
            "EXISTS (SELECT FROM alert_delivery d WHERE d.alert_id = a.id AND d.state = 'pending')";
    private static final String ANY = "EXISTS (SELECT FROM alert_delivery d WHERE d.alert_id = a.id)";

    /** What all deliveries of an alert come to: what somebody has to look at goes first. */
    private static final String STATE = "CASE WHEN " + DEAD + " THEN 'dead' WHEN NOT a.routed OR " + OPEN
            + " THEN 'pending' WHEN " + ANY + " THEN 'sent' ELSE 'listed' END";

    private final Pool pool;

    PostgresAlertStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public int route(Collection<String> channels) {
        return pool.with(
                "route alerts",
                handle -> handle.createQuery("""
                        WITH fresh AS (
                            UPDATE alert SET routed = true
                            WHERE id = ANY (ARRAY(
                                SELECT id FROM alert WHERE NOT routed ORDER BY created_at LIMIT :most
                                FOR UPDATE SKIP LOCKED))
                            RETURNING id
                        ), deliveries AS (
                            INSERT INTO alert_delivery (alert_id, channel, next_at, changed_at)
                            SELECT fresh.id, c.channel, clock_timestamp(), clock_timestamp()
                            FROM fresh CROSS JOIN unnest(:channels) AS c (channel)
                            ON CONFLICT DO NOTHING
                        )
                        SELECT count(*) FROM fresh
                        """)
                        .bind("most", ROUTED_AT_ONCE)
                        .bind("channels", SqlArray.texts(channels, channel -> channel))
                        .mapTo(Integer.class)
                        .one());
    }

    @Override
    public Optional<Delivery> take(String channel, Duration lease) {
        return pool.with(
                "take an alert",
                handle -> handle.createQuery("""
                        UPDATE alert_delivery d
                        SET attempts = d.attempts + 1, changed_at = clock_timestamp(),
                            next_at = clock_timestamp() + :lease * interval '1 millisecond'
                        FROM alert a
                        WHERE a.id = d.alert_id AND d.channel = :channel AND d.alert_id = (
                            SELECT alert_id FROM alert_delivery
                            WHERE channel = :channel AND state = 'pending' AND next_at <= clock_timestamp()
                            ORDER BY next_at LIMIT 1
                            FOR UPDATE SKIP LOCKED)
                        RETURNING d.attempts, %s
                        """.formatted(ALERT))
                        .bind("channel", channel)
                        .bind("lease", lease.toMillis())
                        .map((row, context) -> new Delivery(channel, row.getInt("attempts"), alert(row)))
                        .findOne());
    }

    @Override
    public void sent(Delivery delivery) {
        settle(delivery, State.SENT, "", Duration.ZERO);
    }

    @Override
    public void failed(Delivery delivery, String error, Optional<Duration> again) {
        settle(delivery, again.isPresent() ? State.PENDING : State.DEAD, error, again.orElse(Duration.ZERO));
    }

    private void settle(Delivery delivery, State state, String error, Duration again) {
        pool.with(
                "write what came of an alert",
                handle -> handle.createUpdate("""
                        UPDATE alert_delivery
                        SET state = :state, error = :error, changed_at = clock_timestamp(),
                            next_at = clock_timestamp() + :again * interval '1 millisecond'
                        WHERE alert_id = :id AND channel = :channel AND state = 'pending' AND attempts = :attempt
                        """)
                        .bind("state", state.text())
                        .bind("error", Text.storable(error))
                        .bind("again", again.toMillis())
                        .bind("id", delivery.alert().id())
                        .bind("channel", delivery.channel())
                        .bind("attempt", delivery.attempt())
                        .execute());
    }

    @Override
    public Map<State, Long> counts() {
        // One index each: those that were sent are many and are not looked at.
        return pool.with(
                "count deliveries of alerts",
                handle -> handle.createQuery("""
                        SELECT (SELECT count(*) FROM alert_delivery WHERE state = 'pending') AS pending,
                            (SELECT count(*) FROM alert_delivery WHERE state = 'dead') AS dead
                        """)
                        .map((row, context) ->
                                Map.of(State.PENDING, row.getLong("pending"), State.DEAD, row.getLong("dead")))
                        .one());
    }

    @Override
    public List<StoredAlert> list(Optional<State> state, Optional<Place> before, int limit) {
        return pool.with("list alerts", handle -> {
            var query = handle.createQuery("""
                            SELECT %s, %s AS state FROM alert a
                            WHERE %s AND %s
                            ORDER BY a.created_at DESC, a.id DESC LIMIT :limit
                            """.formatted(
                                    ALERT,
                                    STATE,
                                    state.map(PostgresAlertStore::condition).orElse("true"),
                                    before.isPresent() ? "(a.created_at, a.id) < (:at, :id)" : "true"))
                    .bind("limit", limit);
            before.ifPresent(place ->
                    query.bind("at", place.at().atOffset(ZoneOffset.UTC)).bind("id", place.id()));
            return stored(
                    handle,
                    query.map((row, context) -> Map.entry(alert(row), State.parse(row.getString("state"))))
                            .list());
        });
    }

    /** Dead ones are few among many, and have an index. */
    private static String condition(State state) {
        return switch (state) {
            case DEAD -> "a.id IN (SELECT alert_id FROM alert_delivery WHERE state = 'dead')";
            case PENDING -> "(NOT a.routed OR " + OPEN + ") AND NOT " + DEAD;
            case SENT -> "a.routed AND " + ANY + " AND NOT " + OPEN + " AND NOT " + DEAD;
            case LISTED -> "a.routed AND NOT " + ANY;
        };
    }

    @Override
    public Optional<StoredAlert> find(UUID id) {
        return pool.with(
                "read alert " + id,
                handle -> stored(
                                handle,
                                handle.createQuery("SELECT %s, %s AS state FROM alert a WHERE a.id = :id"
                                                .formatted(ALERT, STATE))
                                        .bind("id", id)
                                        .map((row, context) ->
                                                Map.entry(alert(row), State.parse(row.getString("state"))))
                                        .list())
                        .stream()
                        .findFirst());
    }

    @Override
    public int retry(UUID id) {
        return pool.with(
                "retry alert " + id,
                handle -> handle.createUpdate("""
                        UPDATE alert_delivery
                        SET state = 'pending', attempts = 0, next_at = clock_timestamp(), changed_at = clock_timestamp()
                        WHERE alert_id = :id AND state = 'dead'
                        """).bind("id", id).execute());
    }

    private static List<StoredAlert> stored(Handle handle, List<Map.Entry<Alert, State>> alerts) {
        var deliveries = new HashMap<UUID, List<Progress>>();
        handle.createQuery("""
                        SELECT alert_id, channel, state, attempts, next_at, error, changed_at FROM alert_delivery
                        WHERE alert_id = ANY (:ids) ORDER BY channel
                        """)
                .bind("ids", SqlArray.uuids(alerts, alert -> alert.getKey().id()))
                .map((row, context) -> Map.entry(row.getObject("alert_id", UUID.class), progress(row)))
                .forEach(delivery -> deliveries
                        .computeIfAbsent(delivery.getKey(), id -> new ArrayList<>())
                        .add(delivery.getValue()));
        return alerts.stream()
                .map(alert -> new StoredAlert(
                        alert.getKey(),
                        alert.getValue(),
                        deliveries.getOrDefault(alert.getKey().id(), List.of())))
                .toList();
    }

    private static Progress progress(ResultSet row) throws SQLException {
        var state = State.parse(row.getString("state"));
        return new Progress(
                row.getString("channel"),
                state,
                row.getInt("attempts"),
                state == State.PENDING ? Columns.optionalTime(row, "next_at") : Optional.empty(),
                row.getString("error"),
                Columns.time(row, "changed_at"));
    }

    private static Alert alert(ResultSet row) throws SQLException {
        return new Alert(
                row.getObject("id", UUID.class),
                Columns.time(row, "created_at"),
                row.getString("kind"),
                row.getString("namespace"),
                row.getString("workflow"),
                Optional.ofNullable(row.getObject("run_id", UUID.class)).map(RunId::new),
                row.getString("subject"),
                Json.read(row.getString("data")));
    }
}
