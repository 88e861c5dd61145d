package dev.dagkeeper.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** Signals that come by themselves when their time has come. Not thread-safe. */
final class Delays {
    private final PriorityQueue<Delayed> signals = new PriorityQueue<>(Comparator.comparingLong(Delayed::due));
    private final LongSupplier nanoTime;

    private record Delayed(long due, WorkerSignal signal) {}

    Delays(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(Duration delay, WorkerSignal signal) {
        signals.add(new Delayed(nanoTime.getAsLong() + delay.toNanos(), signal));
    }

    /** Takes all that are due. */
    List<WorkerSignal> poll() {
        var due = new ArrayList<WorkerSignal>();
        while (nanosUntilNext() <= 0) {
            due.add(signals.remove().signal());
        }
        return due;
    }

    /** Until the next one is due; for ever when there is none. */
    long nanosUntilNext() {
        var next = signals.peek();
        return next == null ? Long.MAX_VALUE : next.due() - nanoTime.getAsLong();
    }
}
