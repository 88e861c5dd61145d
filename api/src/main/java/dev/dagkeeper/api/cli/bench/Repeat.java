package dev.dagkeeper.api.cli.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The runs of one repeat of a shape, at least one, all ended. */
record Repeat(List<RunTimes> runs) {
    Repeat {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a repeat without runs");
        }
    }

    /** From the first recorded start to the last recorded end. */
    Duration wall() {
        var start = runs.stream().map(RunTimes::started).min(Instant::compareTo).orElseThrow();
        var end = runs.stream().map(RunTimes::ended).max(Instant::compareTo).orElseThrow();
        return Duration.between(start, end);
    }
}
