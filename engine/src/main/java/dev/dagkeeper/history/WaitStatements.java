package dev.dagkeeper.history;

import java.util.Collection;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The reasons of steps that cannot be placed, by what they ask for. */
final class WaitStatements {
    private WaitStatements() {}

    static void forgetAll(Handle handle) {
        handle.execute("DELETE FROM waiting");
    }

    static void write(Handle handle, Map<String, String> reasons, Collection<String> over) {
        if (!over.isEmpty()) {
            handle.createUpdate("DELETE FROM waiting WHERE demand = ANY (:demands)")
                    .bind("demands", SqlArray.texts(over, demand -> demand))
                    .execute();
        }
        if (!reasons.isEmpty()) {
            handle.createUpdate("""
                            INSERT INTO waiting (demand, reason)
                            SELECT * FROM unnest(:demands, :reasons) ON CONFLICT (demand)
                            DO UPDATE SET reason = excluded.reason, since = excluded.since
                            """)
                    .bind("demands", SqlArray.texts(reasons.entrySet(), Map.Entry::getKey))
                    .bind("reasons", SqlArray.texts(reasons.entrySet(), Map.Entry::getValue))
                    .execute();
        }
    }
}
