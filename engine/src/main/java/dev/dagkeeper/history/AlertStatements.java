package dev.dagkeeper.history;

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.AlertWrites.StruckDeadline;
import dev.dagkeeper.history.LeaderTransaction.Part;
import dev.dagkeeper.run.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The statements of a {@link LeaderTransaction} that are about deadlines and alerts. */
final class AlertStatements {
    private AlertStatements() {}

    /** One statement for each list that is not empty. */
    static List<Part> of(AlertWrites writes) {
        var parts = new ArrayList<Part>();
        if (!writes.struck().isEmpty()) {
            parts.add(struck(writes.struck()));
        }
        if (!writes.alerts().isEmpty()) {
            parts.add(alerts(writes.alerts()));
        }
        return parts;
    }

    private static Part struck(List<StruckDeadline> unordered) {
        var struck = unordered.stream()
                .sorted(Comparator.comparing(StruckDeadline::run).thenComparingInt(StruckDeadline::deadline))
                .toList();
        return Part.of(
                "deadlines",
                struck.size(),
                """
                INSERT INTO run_deadline (run_id, deadline, struck_at)
                SELECT w.run_id, w.deadline, w.struck_at FROM unnest(?, ?, ?) AS w (run_id, deadline, struck_at)
                ON CONFLICT DO NOTHING
                """,
                List.of(SqlArray.uuids(struck, deadline -> deadline.run().value())),
                SqlArray.integers(struck, StruckDeadline::deadline),
                SqlArray.times(struck, StruckDeadline::at));
    }

    private static Part alerts(List<NewAlert> unordered) {
        var alerts =
                unordered.stream().sorted(Comparator.comparing(NewAlert::id)).toList();
        return Part.of(
                "alerts",
                alerts.size(),
                """
                INSERT INTO alert (id, created_at, kind, namespace, workflow, run_id, subject, data)
                SELECT w.id, w.created_at, w.kind, w.namespace, w.workflow, w.run_id::uuid, w.subject, w.data::json
                FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                    AS w (id, created_at, kind, namespace, workflow, run_id, subject, data)
                ON CONFLICT DO NOTHING
                """,
                List.of(SqlArray.uuids(alerts, NewAlert::id)),
                SqlArray.times(alerts, NewAlert::at),
                SqlArray.texts(alerts, NewAlert::kind),
                SqlArray.texts(alerts, NewAlert::namespace),
                SqlArray.texts(alerts, NewAlert::workflow),
                SqlArray.optionalTexts(alerts, alert -> alert.run().map(RunId::toString)),
                SqlArray.texts(alerts, NewAlert::subject),
                SqlArray.optionalJson(alerts, alert -> Optional.of(alert.data())));
    }
}
