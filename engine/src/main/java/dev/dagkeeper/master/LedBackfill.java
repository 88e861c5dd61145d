package dev.dagkeeper.master;

import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.FireWrites.BackfillProgress.End;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.ScheduleJson;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A backfill in the leader's memory. Not thread-safe: the leader's. */
final class LedBackfill {
    private final Backfill plan;
    private final Set<RunId> active;
    private StoredBackfill row;
    private Optional<Instant> cursor;
    private boolean runsCancelled;

    /** @throws IllegalArgumentException when its schedule is not understood */
    LedBackfill(StoredBackfill row) {
        this.plan = Backfill.of(ScheduleJson.read(row.schedule()), row.direction());
        this.active = new HashSet<>(row.active());
        this.row = row;
        this.cursor = row.cursor();
    }

    /** What the operators say now; how far it has come is known better here. */
    void read(StoredBackfill newer) {
        row = newer;
    }

    StoredBackfill row() {
        return row;
    }

    Backfill plan() {
        return plan;
    }

    List<RunId> active() {
        return List.copyOf(active);
    }

    boolean isIdle() {
        return active.isEmpty();
    }

    void started(RunId run) {
        active.add(run);
    }

    void ended(RunId run) {
        active.remove(run);
    }

    /** How many more of its runs may be active. */
    int room() {
        return row.maxActive() - active.size();
    }

    /** The fires that come next in its order. */
    List<Instant> next(int most) {
        return plan.next(cursor, most);
    }

    /** It is decided about this fire and all before it in its order. */
    void passed(Instant fire) {
        cursor = Optional.of(fire);
    }

    /** Whether its runs are still to be cancelled; true once in a term. */
    boolean cancelsRuns() {
        boolean first = !runsCancelled;
        runsCancelled = true;
        return first;
    }

    BackfillProgress progress() {
        return new BackfillProgress(row.id(), cursor, Optional.empty());
    }

    BackfillProgress end(boolean cancelled, Instant now) {
        return new BackfillProgress(row.id(), cursor, Optional.of(new End(cancelled, now)));
    }
}
