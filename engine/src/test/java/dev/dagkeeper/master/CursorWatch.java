package dev.dagkeeper.master;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Reads the cursors of all triggers several times a second, and notes those that went back. */
public final class CursorWatch implements AutoCloseable {
    private final Function<String, List<String>> query;
    private final Map<String, Double> cursors = new HashMap<>();
    private final ConcurrentLinkedQueue<String> wentBack = new ConcurrentLinkedQueue<>();
    private final AtomicInteger samples = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /** @param query gives the first column of what a query finds; asked by a thread of its own */
    public CursorWatch(Function<String, List<String>> query) {
        this.query = query;
        thread = Thread.ofPlatform().name("cursor watch").start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(200, TimeUnit.MILLISECONDS)) {
                query.apply("SELECT trigger_id || ' ' || extract(epoch FROM cursor) FROM trigger_cursor")
                        .forEach(this::see);
                samples.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void see(String row) {
        var parts = row.split(" ", 2);
        double cursor = Double.parseDouble(parts[1]);
        var before = cursors.put(parts[0], cursor);
        if (before != null && cursor < before) {
            wentBack.add("trigger " + parts[0] + " from " + before + " to " + cursor);
        }
    }

    /** How often it has read them. */
    public int samples() {
        return samples.get();
    }

    /** Cursors that were seen lower than before; never any, it is hoped. */
    public List<String> wentBack() {
        return List.copyOf(wentBack);
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
