package dev.dagkeeper.simulation;

import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.run.StepState;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A row of {@code step}: the leader's columns, and what the worker recorded for the current claim. */
record StepRow(StepWrite written, Optional<Recorded> recorded, Optional<JsonNode> resume, Optional<JsonNode> item) {
    static StepRow pending(StepKey key, String reason, Optional<JsonNode> item) {
        var written = new StepWrite(
                key,
                StepState.PENDING,
                reason,
                1,
                1,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new StepRow(written, Optional.empty(), Optional.empty(), item);
    }

    StepKey key() {
        return written.key();
    }

    StepState state() {
        return written.state();
    }

    int claim() {
        return written.claim();
    }

    /** After the leader's write: a raised claim forgets the report, another attempt what was to be resumed. */
    StepRow write(StepWrite next) {
        boolean same = next.claim() == claim();
        var started = next.startedAt().or(() -> same ? written.startedAt() : Optional.empty());
        var merged = new StepWrite(
                next.key(),
                next.state(),
                next.reason(),
                next.claim(),
                next.attempt(),
                next.lost(),
                next.worker(),
                started,
                next.endedAt(),
                next.due());
        return new StepRow(
                merged,
                same ? recorded : Optional.empty(),
                next.attempt() == written.attempt() ? resume : Optional.empty(),
                item);
    }

    StepRow record(Recorded result) {
        return new StepRow(written, Optional.of(result), result.state(), item);
    }

    Optional<Report> report(boolean withOutputs) {
        return recorded.map(Recorded::report)
                .map(report ->
                        report instanceof Report.Succeeded && !withOutputs ? new Report.Succeeded(Map.of()) : report);
    }

    Map<String, JsonNode> outputs() {
        return recorded.map(Recorded::report).orElse(null) instanceof Report.Succeeded succeeded
                ? succeeded.outputs()
                : Map.of();
    }

    StepSnapshot snapshot() {
        return new StepSnapshot(
                key(),
                state(),
                written.reason(),
                claim(),
                written.attempt(),
                written.lost(),
                written.worker(),
                written.due(),
                report(false),
                Map.of(),
                item);
    }
}
