package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Answers that come when something has happened. Thread-safe. */
final class Waits {
    static final int MOST_SECONDS = 60;

    private final RunLookup lookup;
    private final News news;
    private final Duration heartbeat;

    Waits(RunLookup lookup, News news, HttpLimits limits) {
        this.lookup = lookup;
        this.news = news;
        this.heartbeat = limits.heartbeat();
    }

    /** The run when it is final, or as it is when the time is over or the server closes. */
    StoredRun untilFinal(RunId id, Duration most) throws InterruptedException {
        if (most.isZero()) {
            return lookup.run(id);
        }
        var until = System.nanoTime() + most.toNanos();
        try (var watch = news.watch(id)) {
            var told = true;
            while (true) {
                var run = lookup.run(id);
                var left = Duration.ofNanos(until - System.nanoTime());
                if (run.state().isFinal()) {
                    if (!told) {
                        news.countUntold();
                    }
                    return run;
                }
                if (!left.isPositive() || news.closed()) {
                    return run;
                }
                told = watch.await(left.compareTo(heartbeat) < 0 ? left : heartbeat);
            }
        }
    }

    /** The seconds of {@code Prefer: wait=N}, at most {@link #MOST_SECONDS}; a preference that is not understood is ignored. */
    static Duration preferred(Optional<String> prefer) {
        for (var preference : prefer.orElse("").toLowerCase(Locale.ROOT).split("[,;]", -1)) {
            var parts = preference.strip().split("\\s*=\\s*", 2);
            if (parts.length == 2 && parts[0].equals("wait") && parts[1].matches("\\d{1,9}")) {
                return Duration.ofSeconds(Math.min(MOST_SECONDS, Integer.parseInt(parts[1])));
            }
        }
        return Duration.ZERO;
    }
}
