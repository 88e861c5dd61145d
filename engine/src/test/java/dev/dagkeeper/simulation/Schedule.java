package dev.dagkeeper.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.PriorityQueue;

/**
 * Virtual time and what is to happen in it. Whoever waits inside of something that happens may let others go on meanwhile
 * with {@link #pass}, as processes do at every operation on a store.
 */
final class Schedule {
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long now;
    private long lastOrder;

    private record Entry(long at, long order, Actor actor, Runnable what) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    /** Whoever does one thing after the other. */
    interface Actor {
        /** Whether it is in the middle of something: what is to happen waits for the end of it. */
        boolean isBusy();

        /** Does it, or does nothing when the actor is gone. */
        void perform(Runnable what);
    }

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    void in(Duration delay, Actor actor, Runnable what) {
        entries.add(new Entry(now + delay.toNanos(), ++lastOrder, actor, what));
    }

    /** Lets time pass: everything that is due within it happens, unless its actor is busy. */
    void pass(Duration time) {
        long until = now + time.toNanos();
        var postponed = new ArrayList<Entry>();
        while (!entries.isEmpty() && entries.peek().at() <= until) {
            var next = entries.remove();
            if (next.actor().isBusy()) {
                postponed.add(next);
            } else {
                now = Math.max(now, next.at());
                next.actor().perform(next.what());
            }
        }
        entries.addAll(postponed);
        now = Math.max(now, until);
    }
}
