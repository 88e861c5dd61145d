package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Step;
import java.time.Duration;

/** How long to wait before the next attempt. */
final class Backoff {
    private static final double NANOS_PER_SECOND = 1e9;

    private Backoff() {}

    /**
     * The delay after the given attempt failed: {@code min(delay * backoff^(attempt-1), max-delay)}, spread by the
     * jitter. The spread is a hash of key and attempt, so a leader that decides again decides the same.
     */
    static Duration delay(Step.Retry retry, StepKey key, int attempt) {
        var wanted = seconds(retry.delay()) * Math.pow(retry.backoff(), attempt - 1.0);
        var capped = Math.min(wanted, seconds(retry.maxDelay()));
        var spread = capped * (1 + retry.jitter() * unit(key, attempt));
        return Duration.ofMillis(Math.round(spread * 1000));
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / NANOS_PER_SECOND;
    }

    /** A number from -1 to 1 that looks random (the finalizer of SplitMix64 over the parts). */
    private static double unit(StepKey key, int attempt) {
        var id = key.run().value();
        var hash = mix(id.getMostSignificantBits());
        hash = mix(hash ^ id.getLeastSignificantBits());
        hash = mix(hash ^ ((long) key.step() << 32 | (key.index() & 0xffffffffL)));
        hash = mix(hash ^ attempt);
        return (hash >>> 11) * 0x1.0p-52 - 1;
    }

    private static long mix(long value) {
        var z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
