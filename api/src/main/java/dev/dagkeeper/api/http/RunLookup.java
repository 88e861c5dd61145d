package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.Selected;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.run.RunId;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Finds the run and the steps that a request means. Thread-safe. */
final class RunLookup {
    private final RunStore runs;

    RunLookup(RunStore runs) {
        this.runs = runs;
    }

    /**
     * The run that the path's {@code id} means.
     *
     * @throws ApiProblem 404 when there is none, 409 when there is more than one
     */
    StoredRun run(Call call) {
        var selector = call.path("id");
        return switch (runs.resolve(selector)) {
            case Selected.One one -> run(one.run());
            case Selected.None none -> throw notFound(none.message());
            case Selected.Many many ->
                throw ApiProblem.of(
                        409,
                        "ambiguous-run",
                        "'" + selector + "' is the beginning of more than one run: "
                                + many.runs().stream().map(RunId::toString).collect(Collectors.joining(", "))
                                + "; give more of the id");
        };
    }

    StoredRun run(RunId id) {
        return runs.find(id).orElseThrow(() -> notFound("there is no run " + id));
    }

    /**
     * All rows of a step, or the one with the index.
     *
     * @throws ApiProblem 404 when there is none
     */
    List<StoredStep> step(RunId run, String name, OptionalInt index) {
        var rows = runs.step(run, name);
        if (rows.isEmpty()) {
            throw stepNotFound("run " + run + " has no step '" + name + "'");
        }
        if (index.isEmpty()) {
            return rows;
        }
        var chosen = rows.stream()
                .filter(row -> row.key().index() == index.getAsInt())
                .toList();
        if (chosen.isEmpty()) {
            throw stepNotFound("step '" + name + "' of run " + run + " has no instance " + index.getAsInt()
                    + ", it has " + (rows.size() - 1));
        }
        return chosen;
    }

    private static ApiProblem notFound(String detail) {
        return ApiProblem.of(404, "run-not-found", detail);
    }

    private static ApiProblem stepNotFound(String detail) {
        return ApiProblem.of(404, "step-not-found", detail);
    }
}
