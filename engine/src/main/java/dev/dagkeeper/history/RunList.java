package dev.dagkeeper.history;

import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.run.RunState;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One page of a list of runs. Each state is asked for its newest runs by itself, whether states are filtered or not: so
 * every index serves the order by id, and a page costs the same whatever the history holds.
 */
final class RunList {
    private RunList() {}

    static List<StoredRun> query(Handle handle, RunFilter filter) {
        var conditions = new StringBuilder();
        filter.namespace().ifPresent(namespace -> conditions.append(" AND namespace = :namespace"));
        filter.workflow().ifPresent(workflow -> conditions.append(" AND workflow = :workflow"));
        filter.before().ifPresent(before -> conditions.append(" AND id < :before"));
        // Ids are made from the clock of the process that creates the run, which may be off by a little.
        filter.createdAfter()
                .ifPresent(time -> conditions
                        .append(" AND created_at >= :created_after")
                        .append(" AND id >= first_run_id(:created_after - interval '1 minute')"));
        if (!filter.labels().isEmpty()) {
            conditions.append(" AND labels <> '{}' AND labels @> :labels::jsonb");
        }
        var query = handle.createQuery("""
                SELECT newest.*
                FROM unnest(:states) AS wanted (state)
                CROSS JOIN LATERAL (
                    SELECT %s FROM run WHERE state = wanted.state%s ORDER BY id DESC LIMIT :limit
                ) AS newest
                ORDER BY id DESC
                LIMIT :limit
                """.formatted(RunRows.STORED, conditions))
                .bind("states", SqlArray.texts(states(filter), RunState::text))
                .bind("limit", filter.limit());
        filter.namespace().ifPresent(namespace -> query.bind("namespace", namespace));
        filter.workflow().ifPresent(workflow -> query.bind("workflow", workflow));
        filter.before().ifPresent(before -> query.bind("before", before.value()));
        filter.createdAfter().ifPresent(time -> query.bind("created_after", time.atOffset(ZoneOffset.UTC)));
        if (!filter.labels().isEmpty()) {
            var labels = JsonNodeFactory.instance.objectNode();
            filter.labels().forEach(labels::put);
            query.bind("labels", Json.write(labels));
        }
        return query.map((row, context) -> RunRows.stored(row)).list();
    }

    private static Collection<RunState> states(RunFilter filter) {
        return filter.states().isEmpty() ? Arrays.asList(RunState.values()) : filter.states();
    }
}
