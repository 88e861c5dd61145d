package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Spans in which a trigger does not fire, in milliseconds. Immutable. */
final class Exclusions {
    /** Ascending, apart from each other: begins are inclusive, ends exclusive. */
    private final long[] begins;

    private final long[] ends;

    private Exclusions(long[] begins, long[] ends) {
        this.begins = begins;
        this.ends = ends;
    }

    static Exclusions of(List<Schedule.Span> spans) {
        var apart = new ArrayList<Schedule.Span>();
        for (var span :
                spans.stream().sorted(Comparator.comparing(Schedule.Span::from)).toList()) {
            if (apart.isEmpty() || apart.getLast().until().isBefore(span.from())) {
                apart.add(span);
            } else if (apart.getLast().until().isBefore(span.until())) {
                apart.set(apart.size() - 1, new Schedule.Span(apart.getLast().from(), span.until()));
            }
        }
        return new Exclusions(
                apart.stream()
                        .map(Schedule.Span::from)
                        .mapToLong(Fires::ceiling)
                        .toArray(),
                apart.stream()
                        .map(Schedule.Span::until)
                        .mapToLong(Fires::ceiling)
                        .toArray());
    }

    /** The end of the span that a time is in; the time itself when it is in none. */
    long endAt(long time) {
        var place = placeOf(time);
        return place >= 0 && time < ends[place] ? ends[place] : time;
    }

    /** The begin of the span that a time is in; later than the time when it is in none. */
    long beginAt(long time) {
        var place = placeOf(time);
        return place >= 0 && time < ends[place] ? begins[place] : Long.MAX_VALUE;
    }

    /** How many of the times from {@code from}, inclusive, to {@code until}, exclusive, are in one of the spans. */
    long count(Times times, long from, long until) {
        var count = 0L;
        for (var i = 0; i < begins.length; i++) {
            var begin = Math.max(begins[i], from);
            var end = Math.min(ends[i], until);
            if (begin < end) {
                count += times.count(begin, end);
            }
        }
        return count;
    }

    /** The last span that begins at or before a time; -1 when none does. */
    private int placeOf(long time) {
        var found = Arrays.binarySearch(begins, time);
        return found >= 0 ? found : -found - 2;
    }
}
