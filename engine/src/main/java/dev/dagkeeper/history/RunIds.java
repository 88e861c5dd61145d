package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes run ids: UUIDv7, so that they sort by creation. Within one process each is greater than the one before, also when
 * the clock stands still or goes back. Thread-safe.
 */
public final class RunIds {
    private static final int COUNTER_BITS = 12;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final InstantSource clock;
    private final RandomGenerator random;

    /** Milliseconds, and below them a counter within the millisecond that overflows into the next one. */
    private long last;

    public RunIds(InstantSource clock) {
        this(clock, new SecureRandom());
    }

    /** With another source of what is random in them. */
    public RunIds(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next id. */
    public RunId next() {
        var ticks = nextTicks();
        var high = (ticks >>> COUNTER_BITS) << 16 | VERSION_7 | (ticks & ((1 << COUNTER_BITS) - 1));
        var low = VARIANT | (random.nextLong() >>> 2);
        return new RunId(new UUID(high, low));
    }

    private synchronized long nextTicks() {
        // Half of the counter is random: ids of processes that start together do not share their first bits.
        var now = clock.millis() << COUNTER_BITS | random.nextInt(1 << (COUNTER_BITS - 1));
        last = Math.max(now, last + 1);
        return last;
    }
}
