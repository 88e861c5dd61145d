package dev.dagkeeper.schedule;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Given points in time. */
final class ListedTimes implements Times {
    static final ListedTimes NONE = new ListedTimes(List.of());

    private final long[] times;

    ListedTimes(List<Instant> times) {
        this.times = times.stream()
                .mapToLong(Instant::toEpochMilli)
                .sorted()
                .distinct()
                .toArray();
    }

    @Override
    public long next(long from) {
        var place = placeOf(from);
        return place < times.length ? times[place] : NEVER;
    }

    @Override
    public long previous(long to) {
        var place = placeOf(to + 1);
        return place > 0 ? times[place - 1] : NEVER_BEFORE;
    }

    @Override
    public long count(long from, long until) {
        return Math.max(0, placeOf(until) - placeOf(from));
    }

    /** How many come before. */
    private int placeOf(long time) {
        var found = Arrays.binarySearch(times, time);
        return found >= 0 ? found : -found - 1;
    }
}
