package dev.dagkeeper.history;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres time without asking Postgres: its clock is read at the start and, by whoever asks for the time, in the
 * background once a minute; in between this process's monotonic clock carries it on. It never goes back within a
 * process. Microseconds, as Postgres stores them. Thread-safe.
 */
public final class DatabaseClock implements InstantSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final long REFRESH_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int SAMPLES = 3;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final InstantSource database;
    private final LongSupplier nanoTime;
    private final AtomicBoolean refreshing = new AtomicBoolean();

    /** Latest time given out, in nanoseconds since the epoch. */
    private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

    private volatile Reading reading;

    DatabaseClock(InstantSource database, LongSupplier nanoTime) {
        this.database = database;
        this.nanoTime = nanoTime;
        this.reading = read();
    }

    /**
     * Reads the database's clock.
     *
     * @throws StoreException when Postgres does not answer
     */
    public static DatabaseClock start(Database database) {
        return new DatabaseClock(database::now, System::nanoTime);
    }

    @Override
    public Instant instant() {
        var base = reading;
        var now = nanoTime.getAsLong();
        if (now - base.nanoTime() > REFRESH_NANOS && refreshing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("dagkeeper-clock").start(this::refresh);
        }
        var candidate = base.epochNanos() + (now - base.nanoTime());
        var nanos = latest.accumulateAndGet(candidate, Math::max);
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND))
                .truncatedTo(ChronoUnit.MICROS);
    }

    private void refresh() {
        try {
            reading = read();
        } catch (StoreException e) {
            LOG.debug("cannot read the database's clock, going on with the last reading", e);
            reading = carriedOn();
        } finally {
            refreshing.set(false);
        }
    }

    /** The same time line, so that the next try is a minute away. */
    private Reading carriedOn() {
        var base = reading;
        var now = nanoTime.getAsLong();
        return new Reading(now, base.epochNanos() + (now - base.nanoTime()));
    }

    /** Of a few samples the one with the shortest way is the closest; the database read it half-way. */
    private Reading read() {
        var best = sample();
        for (var i = 1; i < SAMPLES; i++) {
            var next = sample();
            if (next.roundTrip() < best.roundTrip()) {
                best = next;
            }
        }
        return best.reading();
    }

    private Sample sample() {
        var before = nanoTime.getAsLong();
        var time = database.instant();
        var after = nanoTime.getAsLong();
        var middle = before + (after - before) / 2;
        return new Sample(
                after - before, new Reading(middle, time.getEpochSecond() * NANOS_PER_SECOND + time.getNano()));
    }

    private record Reading(long nanoTime, long epochNanos) {}

    private record Sample(long roundTrip, Reading reading) {}
}
