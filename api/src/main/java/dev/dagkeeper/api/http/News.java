package dev.dagkeeper.api.http;

import dev.dagkeeper.history.EventStore;
import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that wait when their run has news. All share one subscription, which is made by the first that waits.
 * Whoever waits watches first and reads then, so nothing is missed; and reads again after a while though nothing was
 * told: news found only so are counted, there should be none. Thread-safe.
 */
final class News implements AutoCloseable, EventStore.Listener {
    private final EventStore events;
    private final Map<RunId, Set<Watch>> watches = new HashMap<>();
    private final LongAdder foundUntold = new LongAdder();
    private EventStore.@Nullable Subscription subscription;
    private volatile boolean closed;

    News(EventStore events) {
        this.events = events;
    }

    /** Begins to listen for news of a run. */
    Watch watch(RunId run) {
        var watch = new Watch(run);
        synchronized (this) {
            watches.computeIfAbsent(run, r -> new HashSet<>()).add(watch);
            if (subscription == null && !closed) {
                subscription = events.subscribe(this);
            }
        }
        return watch;
    }

    /** Whether the server closes: nobody is to wait any longer. */
    boolean closed() {
        return closed;
    }

    /** There were news that nobody told. */
    void countUntold() {
        foundUntold.increment();
    }

    long untold() {
        return foundUntold.sum();
    }

    @Override
    public synchronized void changed(Set<RunId> runs) {
        for (var run : runs) {
            watches.getOrDefault(run, Set.of()).forEach(Watch::ring);
        }
    }

    @Override
    public synchronized void reconnected() {
        watches.values().forEach(all -> all.forEach(Watch::ring));
    }

    @Override
    public void close() {
        EventStore.@Nullable Subscription toClose;
        synchronized (this) {
            closed = true;
            toClose = subscription;
            subscription = null;
            reconnected();
        }
        if (toClose != null) {
            toClose.close();
        }
    }

    /** One request's interest in one run. */
    final class Watch implements AutoCloseable {
        private final RunId run;
        private boolean rung;

        private Watch(RunId run) {
            this.run = run;
        }

        /**
         * Waits until there may be news since the last call, the server closes, or the time is over.
         *
         * @return whether it was told of news
         */
        // Takes only its own lock: those that ring hold the outer one already.
        synchronized boolean await(Duration most) throws InterruptedException {
            var until = System.nanoTime() + most.toNanos();
            while (!rung && !closed()) {
                var left = until - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Rounded up: a wait of zero would be one without an end.
                wait(left / 1_000_000 + 1);
            }
            var told = rung;
            rung = false;
            return told;
        }

        /** Lets time pass, whatever there is to tell; less when the server closes. */
        synchronized void rest(Duration time) throws InterruptedException {
            var until = System.nanoTime() + time.toNanos();
            for (var left = time.toNanos(); left > 0 && !closed(); left = until - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        }

        private synchronized void ring() {
            rung = true;
            notifyAll();
        }

        @Override
        public void close() {
            synchronized (News.this) {
                var all = watches.get(run);
                if (all != null && all.remove(this) && all.isEmpty()) {
                    watches.remove(run);
                }
            }
        }
    }
}
