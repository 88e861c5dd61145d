package dev.dagkeeper.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Binds when a trigger fires, and what becomes of fires that cannot be started in time. */
final class ScheduleBinder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final int MOST_RUNS = 100_000;

    private final Problems problems;
    private final Scalars scalars;

    ScheduleBinder(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
    }

    /** The schedule; empty when it is not known what it goes by. To be thrown away when problems were found. */
    Optional<Schedule> bind(MapReader map) {
        var zone = map.get("timezone")
                .flatMap(f -> new ZoneReader(scalars, problems).read(f))
                .orElse(ZoneOffset.UTC);
        var times = new TimeReader(zone, scalars, problems);
        var when = when(map, zone, times);
        var from = map.get("from").flatMap(times::read);
        var until = map.get("until").flatMap(times::read);
        checkOrder(map, from, until);
        var exclude = map.get("exclude").map(f -> exclude(f, times)).orElse(List.of());
        var jitter = duration(map, "jitter", Duration.ZERO).orElse(Duration.ZERO);
        var catchup = map.get("catchup")
                .flatMap(f -> MapReader.open(f, Keys.CATCHUP, problems))
                .map(this::catchup)
                .orElse(Schedule.Catchup.DEFAULT);
        var startDeadline = duration(map, "start-deadline", SHORTEST);
        var pauseOnFailure = map.get("pause-on-failure").flatMap(f -> scalars.integer(f, 1, 1000));
        return when.map(w -> new Schedule(w, from, until, exclude, jitter, catchup, startDeadline, pauseOnFailure));
    }

    private Optional<Schedule.When> when(MapReader map, ZoneId zone, TimeReader times) {
        if (map.has("cron")) {
            return cron(map, zone);
        }
        if (map.has("every")) {
            return every(map);
        }
        return map.has("at")
                ? map.get("at").map(f -> at(f, times))
                : map.get("datasets").flatMap(f -> new DatasetBinder(scalars, problems).bind(f, map));
    }

    private Optional<Schedule.When> cron(MapReader map, ZoneId zone) {
        map.require("timezone", "such as 'timezone: Europe/Stockholm', or UTC");
        var dst = map.get("dst").flatMap(f -> MapReader.open(f, Keys.DST, problems));
        var gap = dst.flatMap(d -> d.get("gap"))
                .flatMap(f -> scalars.oneOf(f, Schedule.Gap.class))
                .orElse(Schedule.Gap.RUN_AFTER);
        var overlap = dst.flatMap(d -> d.get("overlap"))
                .flatMap(f -> scalars.oneOf(f, Schedule.Overlap.class))
                .orElse(Schedule.Overlap.ONCE);
        return map.get("cron")
                .flatMap(this::expression)
                .map(expression -> new Schedule.When.Cron(expression, zone, gap, overlap));
    }

    private Optional<CronExpression> expression(Field field) {
        return scalars.text(field).flatMap(text -> {
            var problem = CronExpression.problem(text);
            problem.ifPresent(why -> problems.add(
                    Code.BAD_CRON,
                    field,
                    "'" + TypedValue.shorten(text) + "': " + why,
                    "such as \"30 2 * * *\" for 02:30 every day"));
            return problem.isEmpty() ? Optional.of(new CronExpression(text)) : Optional.empty();
        });
    }

    private Optional<Schedule.When> every(MapReader map) {
        var every = map.get("every").flatMap(f -> scalars.duration(f, Duration.ofSeconds(1), RetryBinder.LONGEST));
        var offset = duration(map, "offset", Duration.ZERO);
        if (every.isPresent() && offset.isPresent() && offset.get().compareTo(every.get()) >= 0) {
            map.ifPresent(
                    "offset",
                    f -> problems.add(Code.CONFLICT, f, "offset " + f.text() + " is not shorter than the interval"));
        }
        return every.map(distance -> new Schedule.When.Every(distance, offset.orElse(Duration.ZERO)));
    }

    private Schedule.When at(Field field, TimeReader reader) {
        var items = scalars.list(field);
        if (field.isList() && items.isEmpty()) {
            problems.add(
                    Code.NO_VALUE, field, "expected at least one time, found none", "such as [2026-01-31T08:00:00Z]");
        }
        var times = new TreeSet<Instant>();
        for (var item : items) {
            reader.read(item)
                    .filter(time -> !times.add(time))
                    .ifPresent(time -> problems.add(
                            Code.LISTED_TWICE,
                            item,
                            "'" + item.text() + "' is listed twice, or is the same as another"));
        }
        return new Schedule.When.At(List.copyOf(times));
    }

    private List<Schedule.Span> exclude(Field field, TimeReader times) {
        var spans = new ArrayList<Schedule.Span>();
        for (var item : scalars.list(field)) {
            if (item.isMap()) {
                MapReader.open(item, Keys.EXCLUDE, problems).ifPresent(map -> {
                    var from = map.require("from", "a date or time").flatMap(times::read);
                    var until = map.require("until", "a date or time, which is not excluded itself")
                            .flatMap(times::read);
                    if (checkOrder(map, from, until) && from.isPresent() && until.isPresent()) {
                        spans.add(new Schedule.Span(from.get(), until.get()));
                    }
                });
            } else if (item.isList()) {
                MapReader.wrongKind(item, "a date, a time, or a map with 'from' and 'until'", problems);
            } else {
                times.span(item).ifPresent(spans::add);
            }
        }
        return spans;
    }

    private boolean checkOrder(MapReader map, Optional<Instant> from, Optional<Instant> until) {
        var ordered = from.isEmpty() || until.isEmpty() || from.get().isBefore(until.get());
        if (!ordered) {
            map.ifPresent(
                    "until",
                    f -> problems.add(
                            Code.CONFLICT,
                            f,
                            "until " + f.text() + " is not after from "
                                    + map.get("from").map(Field::text).orElse(""),
                            "'from' is inside, 'until' is the first instant outside"));
        }
        return ordered;
    }

    private Schedule.Catchup catchup(MapReader map) {
        var none = Schedule.Catchup.DEFAULT;
        return new Schedule.Catchup(
                map.require("mode", "one of none, latest, all")
                        .flatMap(f -> scalars.oneOf(f, Schedule.Catchup.Mode.class))
                        .orElse(none.mode()),
                duration(map, "window", SHORTEST),
                map.get("max-runs").flatMap(f -> scalars.integer(f, 1, MOST_RUNS)),
                map.get("order")
                        .flatMap(f -> scalars.oneOf(f, Schedule.Catchup.Order.class))
                        .orElse(none.order()));
    }

    private Optional<Duration> duration(MapReader map, String key, Duration min) {
        return map.get(key).flatMap(f -> scalars.duration(f, min, RetryBinder.LONGEST));
    }
}
