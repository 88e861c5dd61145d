package dev.dagkeeper.master;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.Backfill;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the runs of backfills, as many at once as each may have active. It looks at one when a run of it ends and when an operator
 * says something about it. Fires, runs and the cursor are written in one transaction, so another leader goes on where this one
 * stopped. Not thread-safe: the leader's.
 */
final class Backfills {
    private static final Logger log = LoggerFactory.getLogger(Backfills.class);

    /** Fires of one backfill that are started, or passed over, in a round, so that other work is not held up. */
    private static final int STARTED = 100;

    private static final int LOOKED_AT = 1_000;

    private final LeaderStore store;
    private final Term term;
    private final TakingUp takingUp;
    private final FiredRuns runs;
    private final Map<Long, LedBackfill> open = new TreeMap<>();
    private final Set<Long> due = new TreeSet<>();
    private final Set<Long> refused = new HashSet<>();

    Backfills(LeaderStore store, Term term, TakingUp takingUp, FiredRuns runs) {
        this.store = store;
        this.term = term;
        this.takingUp = takingUp;
        this.runs = runs;
    }

    /** Takes in what is new. At the begin of a term to be called before runs are taken up, and end. */
    void read() {
        for (var row : store.backfills()) {
            var known = open.get(row.id());
            if (known != null) {
                known.read(row);
                due.add(row.id());
            } else if (!refused.contains(row.id())) {
                take(row);
            }
        }
    }

    private void take(StoredBackfill row) {
        try {
            open.put(row.id(), new LedBackfill(row));
            due.add(row.id());
        } catch (IllegalArgumentException e) {
            refused.add(row.id());
            log.error("backfill does not go on, its schedule is not understood backfill={}", row.id(), e);
        }
    }

    /** A run has ended. */
    void ended(RunHeader header) {
        Backfill.id(header.facts().trigger()).map(open::get).ifPresent(backfill -> {
            backfill.ended(header.id());
            due.add(backfill.row().id());
        });
    }

    /** Whether there is something to do. */
    boolean isDue() {
        return !due.isEmpty();
    }

    /** Does some of what is due. */
    void round(Instant now) {
        if (due.isEmpty()) {
            return;
        }
        var round = List.copyOf(due);
        due.clear();
        round.stream().map(open::get).forEach(backfill -> {
            if (backfill != null) {
                look(backfill, now);
            }
        });
        term.write();
        takingUp.fresh(now);
    }

    private void look(LedBackfill backfill, Instant now) {
        var cancelledBy = backfill.row().cancelledBy();
        if (cancelledBy.isPresent()) {
            cancel(backfill, cancelledBy.get(), now);
        } else if (!backfill.row().paused() && backfill.room() > 0) {
            fill(backfill, now);
        }
    }

    private void cancel(LedBackfill backfill, String by, Instant now) {
        if (backfill.cancelsRuns()) {
            takingUp.fresh(now);
            var request = new Event.CancelRequested(false, by);
            for (RunId run : backfill.active()) {
                takingUp.find(run, now).ifPresent(active -> term.decide(active, request, now));
            }
        }
        if (backfill.isIdle()) {
            end(backfill, true, now);
        }
    }

    private void end(LedBackfill backfill, boolean cancelled, Instant now) {
        open.remove(backfill.row().id());
        due.remove(backfill.row().id());
        term.batch().addBackfill(backfill.end(cancelled, now));
        log.info(
                "backfill {} backfill={}",
                cancelled ? "cancelled" : "finished",
                backfill.row().id());
    }

    private void fill(LedBackfill backfill, Instant now) {
        var row = backfill.row();
        boolean all = row.reprocess() == Backfill.Reprocess.ALL;
        var fires = backfill.next(all ? Math.min(backfill.room(), STARTED) : LOOKED_AT);
        if (fires.isEmpty()) {
            if (backfill.isIdle()) {
                end(backfill, false, now);
            }
            return;
        }
        var before = all ? Map.<Instant, Backfill.Before>of() : before(row, fires);
        int started = 0;
        for (var fire : fires) {
            if (backfill.room() == 0 || started == STARTED) {
                break;
            }
            backfill.passed(fire);
            if (row.reprocess().starts(before.getOrDefault(fire, Backfill.Before.NOTHING))) {
                start(backfill, fire, now);
                started++;
            }
        }
        term.batch().addBackfill(backfill.progress());
        if (backfill.room() > 0) {
            due.add(row.id());
        }
    }

    /** What has become of the fires, with what was decided in this round. */
    private Map<Instant, Backfill.Before> before(StoredBackfill row, List<Instant> fires) {
        term.write();
        var first = fires.getFirst();
        var last = fires.getLast();
        boolean ascending = first.isBefore(last);
        return store.fireRuns(
                row.namespace(), row.workflow(), row.trigger(), ascending ? first : last, ascending ? last : first);
    }

    private void start(LedBackfill backfill, Instant fire, Instant now) {
        var written = runs.fire(backfill.row(), backfill.plan(), fire, now);
        term.batch().addFire(written);
        written.run().ifPresent(run -> backfill.started(run.header().id()));
    }
}
