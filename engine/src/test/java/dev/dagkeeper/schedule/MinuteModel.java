package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What fires around a moment, found as somebody would who looks at the clock on the wall once a minute. It knows nothing of transitions:
 * only that the clock showed a time before, or jumped over some.
 */
final class MinuteModel {
    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;

    private final Instant from;
    private final Instant to;

    /** By minute, from a day before {@code from}: what the clock shows, in minutes since 1970-01-01T00:00 of that clock. */
    private final long[] shown;

    MinuteModel(ZoneRules rules, Instant from, Instant to) {
        this.from = from;
        this.to = to;
        this.shown = new long[DAY + (int) ChronoUnit.MINUTES.between(from, to) + 1];
        for (var i = 0; i < shown.length; i++) {
            var time = time(i);
            shown[i] =
                    Math.floorDiv(time.getEpochSecond() + rules.getOffset(time).getTotalSeconds(), 60L);
        }
    }

    private Instant time(int minute) {
        return from.plus(minute - DAY, ChronoUnit.MINUTES);
    }

    /** The fires in {@code (from, to]}, ascending. */
    List<Instant> fires(GeneratedCron cron, Schedule.Gap gap, Schedule.Overlap overlap) {
        var dates = new HashMap<Long, Boolean>();
        var fires = new TreeSet<Instant>();
        var latest = shown[0] - 1;
        for (var i = 0; i < shown.length; i++) {
            var wall = shown[i];
            var again = wall <= latest;
            if ((!again || cron.everyHour() || overlap == Schedule.Overlap.TWICE) && matches(cron, wall, dates)) {
                add(fires, time(i).plusSeconds(cron.second()));
            }
            if (!again && !cron.everyHour() && gap == Schedule.Gap.RUN_AFTER) {
                for (var missed = latest + 1; missed < wall; missed++) {
                    if (matches(cron, missed, dates)) {
                        add(fires, time(i));
                    }
                }
            }
            latest = Math.max(latest, wall);
        }
        return new ArrayList<>(fires);
    }

    private void add(Set<Instant> fires, Instant time) {
        if (time.isAfter(from) && !time.isAfter(to)) {
            fires.add(time);
        }
    }

    private static boolean matches(GeneratedCron cron, long wall, Map<Long, Boolean> dates) {
        return cron.minutes().has((int) Math.floorMod(wall, (long) HOUR))
                && cron.hours().has((int) Math.floorMod(wall, (long) DAY) / HOUR)
                && dates.computeIfAbsent(
                        Math.floorDiv(wall, (long) DAY), day -> cron.allows(LocalDate.ofEpochDay(day)));
    }
}
