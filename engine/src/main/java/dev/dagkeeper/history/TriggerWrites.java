package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkflowStore.NewTrigger;
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

    /** Makes the workflow's triggers those of a revision that is being deployed. */
    static void deploy(Handle handle, long workflow, long revision, List<NewTrigger> triggers) {
        takeTurn(handle);
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
    }

    /** Takes all triggers of the workflow away; what came of their fires stays. */
    static void removeAll(Handle handle, long workflow) {
        takeTurn(handle);
        remove(handle, workflow, SqlArray.texts(List.of(), Object::toString));
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
