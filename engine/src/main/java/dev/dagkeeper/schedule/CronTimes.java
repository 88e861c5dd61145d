package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * The times of a cron expression by the clock on the wall of a place, which is put forward over a gap and back over an overlap.
 *
 * <p>An expression that allows all 24 hours follows elapsed time: it fires whenever the wall clock shows a time that it allows, however often
 * and never for one that is not shown. Any other keeps to {@link Schedule.Gap} and {@link Schedule.Overlap}.
 */
final class CronTimes implements Times {
    /** More than the offsets of any two places differ: wall clocks that are further apart show times in the order of their instants. */
    private static final long FAR = 2 * WallClock.DAY;

    /** In seconds. What has not happened for so long, such as a time that always falls into a gap that is left out, never does. */
    private static final long HORIZON = 100 * 366 * WallClock.DAY;

    private final WallClock clock;
    private final ZoneRules rules;
    private final boolean everFires;
    private final boolean runAfterGap;
    private final boolean onceInOverlap;

    CronTimes(Schedule.When.Cron cron) {
        clock = new WallClock(cron.expression());
        rules = cron.zone().getRules();
        everFires = !cron.expression().neverFires();
        var byWallClock = !cron.expression().everyHour();
        runAfterGap = byWallClock && cron.gap() == Schedule.Gap.RUN_AFTER;
        onceInOverlap = byWallClock && cron.overlap() == Schedule.Overlap.ONCE;
    }

    @Override
    public long next(long from) {
        var time = Math.ceilDiv(from, 1000L);
        for (var end = time + HORIZON; everFires && time <= end; ) {
            var span = spanAt(time);
            if (time == span.begin && firesAtBegin(span)) {
                return time * 1000;
            }
            var wall = clock.next(Math.max(time + span.offset, span.firstWall));
            if (wall == WallClock.NEVER) {
                return NEVER;
            }
            if (wall - span.offset < span.end) {
                return (wall - span.offset) * 1000;
            }
            time = span.end - time > FAR ? Math.max(span.end, wall - FAR) : span.end;
        }
        return NEVER;
    }

    @Override
    public long previous(long to) {
        var time = Math.floorDiv(to, 1000L);
        for (var end = time - HORIZON; everFires && time >= end; ) {
            var span = spanAt(time);
            var wall = clock.previous(time + span.offset);
            if (wall != WallClock.NEVER_BEFORE && wall >= span.firstWall) {
                return (wall - span.offset) * 1000;
            }
            if (firesAtBegin(span)) {
                return span.begin * 1000;
            }
            if (wall == WallClock.NEVER_BEFORE) {
                return NEVER_BEFORE;
            }
            time = time - span.begin > FAR ? Math.min(span.begin - 1, wall + FAR) : span.begin - 1;
        }
        return NEVER_BEFORE;
    }

    @Override
    public long count(long from, long until) {
        var time = Math.ceilDiv(from, 1000L);
        var end = Math.ceilDiv(until, 1000L);
        var count = 0L;
        while (everFires && time < end) {
            var span = spanAt(time);
            var spanEnd = Math.min(span.end, end);
            var first = Math.max(time + span.offset, span.firstWall);
            if (time == span.begin && firesAtBegin(span) && clock.next(first) != first) {
                count++;
            }
            count += clock.count(first, spanEnd + span.offset);
            time = spanEnd;
        }
        return count;
    }

    /** Whether something that fell into the gap before a span is made up for at its beginning. */
    private boolean firesAtBegin(Span span) {
        return span.gapFrom < span.firstWall && clock.next(span.gapFrom) < span.firstWall;
    }

    /**
     * A span of time in which the wall clock is not put forward or back, in seconds.
     *
     * @param begin inclusive, since 1970-01-01T00:00Z
     * @param end exclusive
     * @param offset of the wall clock
     * @param firstWall the first time on the wall that counts, which is later than the first it shows where it shows some again
     * @param gapFrom the first time on the wall that was left out before and is made up for; {@code firstWall} when none is
     */
    private record Span(long begin, long end, int offset, long firstWall, long gapFrom) {}

    private Span spanAt(long time) {
        var instant = Instant.ofEpochSecond(time);
        var offset = rules.getOffset(instant).getTotalSeconds();
        if (rules.isFixedOffset()) {
            return span(Long.MIN_VALUE, Long.MAX_VALUE, offset, Long.MIN_VALUE);
        }
        var end = secondOf(rules.nextTransition(instant), Long.MAX_VALUE);
        var transition = rules.previousTransition(instant.plusSeconds(1));
        if (transition == null) {
            return span(Long.MIN_VALUE, end, offset, Long.MIN_VALUE);
        }
        var begin = transition.toEpochSecond();
        var before = begin + transition.getOffsetBefore().getTotalSeconds();
        var after = begin + offset;
        return before < after
                ? new Span(begin, end, offset, after, runAfterGap ? before : after)
                : span(begin, end, offset, onceInOverlap ? before : after);
    }

    private static Span span(long begin, long end, int offset, long firstWall) {
        return new Span(begin, end, offset, firstWall, firstWall);
    }

    private static long secondOf(@Nullable ZoneOffsetTransition transition, long otherwise) {
        return transition == null ? otherwise : transition.toEpochSecond();
    }
}
