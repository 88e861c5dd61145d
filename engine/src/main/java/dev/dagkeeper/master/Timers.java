package dev.dagkeeper.master;

import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * When to look at what again. The times themselves are durable in the rows; this is the leader's memory of them. Entries
 * that became stale are harmless: whoever takes one checks it. Not thread-safe: the leader's.
 */
final class Timers {
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparing(Timer::due));

    /**
     * A time at which something happens to a run.
     *
     * @param event what
     */
    record Timer(Instant due, RunId run, Event event) {
        /** Whether it is still so: a step may wait for another time by now. */
        boolean stands(ActiveRun active, Instant now) {
            return !(event instanceof Event.Due(var step))
                    || active.due(step).filter(at -> !at.isAfter(now)).isPresent();
        }
    }

    void add(Timer timer) {
        timers.add(timer);
    }

    /** Takes all that are due. */
    List<Timer> poll(Instant now) {
        var due = new ArrayList<Timer>();
        for (var next = timers.peek(); next != null && !next.due().isAfter(now); next = timers.peek()) {
            due.add(timers.remove());
        }
        return due;
    }

    /** How long until the next one, at most {@code limit}. */
    Duration untilNext(Instant now, Duration limit) {
        var next = timers.peek();
        if (next == null) {
            return limit;
        }
        var wait = Duration.between(now, next.due());
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(limit) < 0 ? wait : limit;
    }
}
