package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkflowStore.NewTrigger;
import dev.dagkeeper.history.WorkflowStore.Producer;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What the api writes about triggers, inside a transaction of the caller. The leader reads what has changed since the highest
 * change that it knows, so changes must become visible in their order: those who write take turns.
 */
final class TriggerWrites {
    private TriggerWrites() {}

    /** To be called before the first write; the lock is held until the transaction has ended. */
    static void takeTurn(Handle handle) {
        handle.createQuery("SELECT pg_advisory_xact_lock(hashtext('dagkeeper triggers'))::text")
                .mapTo(String.class)
                .findOne();
    }

    /** What comes with a revision that is being deployed. */
    record Deployment(List<NewTrigger> triggers, List<Producer> producers) {}

    /** Makes the workflow's triggers, and its datasets, those of a revision that is being deployed. */
    static void deploy(Handle handle, long workflow, long revision, Deployment deployment) {
        takeTurn(handle);
        var triggers = deployment.triggers();
        var names = SqlArray.texts(triggers, NewTrigger::name);
        remove(handle, workflow, names);
        // A trigger that comes again is a new one: it owes nothing for the time in between, and nobody has paused it.
        handle.createUpdate("""
                        INSERT INTO trigger AS t (workflow_id, name, revision_id, schedule, since)
                        SELECT :workflow, n.name, :revision, n.schedule::json, clock_timestamp()
                        FROM unnest(:names, :schedules) AS n (name, schedule)
                        ON CONFLICT (workflow_id, name) DO UPDATE SET
                            revision_id = excluded.revision_id,
                            schedule = excluded.schedule,
                            since = CASE
                                WHEN t.removed_at IS NULL AND t.schedule::jsonb = excluded.schedule::jsonb THEN t.since
                                ELSE excluded.since END,
                            paused_at = CASE WHEN t.removed_at IS NULL THEN t.paused_at END,
                            paused_by = CASE WHEN t.removed_at IS NULL THEN t.paused_by ELSE '' END,
                            resumed_at = CASE WHEN t.removed_at IS NULL THEN t.resumed_at ELSE excluded.since END,
                            resumed_by = CASE WHEN t.removed_at IS NULL THEN t.resumed_by ELSE '' END,
                            removed_at = NULL,
                            change = DEFAULT
                        WHERE t.removed_at IS NOT NULL OR t.revision_id <> excluded.revision_id
                            OR t.schedule::jsonb <> excluded.schedule::jsonb
                        """)
                .bind("workflow", workflow)
                .bind("revision", revision)
                .bind("names", names)
                .bind("schedules", SqlArray.texts(triggers, NewTrigger::schedule))
                .execute();
        link(handle, workflow, deployment.producers());
    }

    /** Behind what is written about triggers, by which consumers are known. */
    private static void link(Handle handle, long workflow, List<Producer> producers) {
        handle.createUpdate("DELETE FROM dataset_link WHERE workflow_id = :workflow")
                .bind("workflow", workflow)
                .execute();
        handle.createUpdate("""
                        INSERT INTO dataset_link (workflow_id, role, name, uri)
                        SELECT :workflow, 'producer', n.step, n.uri FROM unnest(:steps, :uris) AS n (step, uri)
                        UNION
                        SELECT :workflow, 'consumer', t.name, d.uri
                        FROM trigger t CROSS JOIN LATERAL
                            json_array_elements_text(coalesce(t.schedule -> 'all', t.schedule -> 'any')) AS d (uri)
                        WHERE t.workflow_id = :workflow AND t.removed_at IS NULL
                        """)
                .bind("workflow", workflow)
                .bind("steps", SqlArray.texts(producers, Producer::step))
                .bind("uris", SqlArray.texts(producers, Producer::uri))
                .execute();
    }

    /** Takes all triggers of the workflow away; what came of their fires stays. */
    static void removeAll(Handle handle, long workflow) {
        takeTurn(handle);
        remove(handle, workflow, SqlArray.texts(List.of(), Object::toString));
        link(handle, workflow, List.of());
    }

    private static void remove(Handle handle, long workflow, SqlArray except) {
        handle.createUpdate("""
                        UPDATE trigger SET removed_at = clock_timestamp(), change = DEFAULT
                        WHERE workflow_id = :workflow AND removed_at IS NULL AND name <> ALL (:except)
                        """)
                .bind("workflow", workflow)
                .bind("except", except)
                .execute();
    }
}
