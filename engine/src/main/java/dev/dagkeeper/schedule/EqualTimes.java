package dev.dagkeeper.schedule;

import java.time.Duration;

/** Points at equal distances. */
final class EqualTimes implements Times {
    private final long every;
    private final long offset;

    EqualTimes(Duration every, Duration offset) {
        this.every = every.toMillis();
        this.offset = offset.toMillis();
        if (this.every <= 0) {
            throw new IllegalArgumentException("expected a distance of at least a millisecond, found " + every);
        }
    }

    @Override
    public long next(long from) {
        return Math.ceilDiv(from - offset, every) * every + offset;
    }

    @Override
    public long previous(long to) {
        return Math.floorDiv(to - offset, every) * every + offset;
    }

    @Override
    public long count(long from, long until) {
        return Math.max(0, Math.ceilDiv(until - offset, every) - Math.ceilDiv(from - offset, every));
    }
}
