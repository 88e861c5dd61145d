package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Binds datasets, as steps produce them and triggers wait for them. They are known by URIs. */
final class DatasetBinder {
    private final Scalars scalars;
    private final Problems problems;

    DatasetBinder(Scalars scalars, Problems problems) {
        this.scalars = scalars;
        this.problems = problems;
    }

    /** What a trigger waits for; empty, and told, when it is not exactly one of all and any. */
    Optional<Schedule.When> bind(Field field, MapReader trigger) {
        var debounce = trigger.get("debounce")
                .flatMap(f -> scalars.duration(f, Duration.ZERO, RetryBinder.LONGEST))
                .orElse(Duration.ZERO);
        var maxWait =
                trigger.get("max-wait").flatMap(f -> scalars.duration(f, RetryBinder.SHORTEST, RetryBinder.LONGEST));
        if (maxWait.isPresent() && maxWait.get().compareTo(debounce) < 0) {
            trigger.ifPresent(
                    "max-wait",
                    f -> problems.add(
                            Code.CONFLICT,
                            f,
                            "max-wait " + f.text() + " is shorter than debounce " + Durations.format(debounce)));
        }
        return MapReader.open(field, Keys.DATASETS, problems).flatMap(map -> {
            var all = map.get("all").map(this::atLeastOne);
            var any = map.get("any").map(this::atLeastOne);
            if (all.isPresent() == any.isPresent()) {
                problems.add(Code.CONFLICT, field, "expected exactly one of 'all', 'any'");
            }
            return all.or(() -> any).map(uris -> new Schedule.When.Datasets(all.isPresent(), uris, debounce, maxWait));
        });
    }

    private List<String> atLeastOne(Field field) {
        if (field.isList() && scalars.list(field).isEmpty()) {
            problems.add(
                    Code.NO_VALUE, field, "expected at least one dataset, found none", "such as [s3://raw/orders]");
        }
        return uris(field);
    }

    List<String> uris(Field field) {
        return scalars.texts(field).stream()
                .filter(this::check)
                .map(Field::text)
                .toList();
    }

    private boolean check(Field field) {
        var fits = DatasetUri.isOne(field.text());
        if (!fits) {
            problems.add(
                    Code.BAD_PATH,
                    field,
                    "expected the URI of a dataset, found '" + TypedValue.shorten(field.text()) + "'",
                    "such as s3://raw/orders");
        }
        return fits;
    }
}
