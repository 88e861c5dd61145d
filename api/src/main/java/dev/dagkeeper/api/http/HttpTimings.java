package dev.dagkeeper.api.http;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests there were and how long they took, by method, route and status. Counts without a meter registry, which
 * costs more to make than most processes answer requests; the first scrape brings one. Thread-safe.
 */
final class HttpTimings {
    private final ConcurrentHashMap<Key, Timing> timings = new ConcurrentHashMap<>();

    /**
     * @param route the template, not the path: paths are without number
     */
    void record(String method, String route, int status, long nanos) {
        var timing = timings.computeIfAbsent(new Key(method, route, status), k -> new Timing());
        timing.count.increment();
        timing.nanos.add(nanos);
    }

    /** Shows in the registry whatever was recorded so far. */
    void bindTo(MeterRegistry registry) {
        timings.forEach((key, timing) -> {
            if (timing.bound.compareAndSet(false, true)) {
                FunctionTimer.builder(
                                "dagkeeper.http.requests",
                                timing,
                                t -> t.count.sum(),
                                t -> t.nanos.sum(),
                                TimeUnit.NANOSECONDS)
                        .description("Requests answered, and the time they took")
                        .tag("method", key.method)
                        .tag("route", key.route)
                        .tag("status", Integer.toString(key.status))
                        .register(registry);
            }
        });
    }

    private record Key(String method, String route, int status) {}

    private static final class Timing {
        final LongAdder count = new LongAdder();
        final LongAdder nanos = new LongAdder();
        final AtomicBoolean bound = new AtomicBoolean();
    }
}
