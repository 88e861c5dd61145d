package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.LogQuery;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What is said when a run has ended: what it came to; of a failed one what failed, its last words, and what to do next. */
final class RunEnding {
    private static final int MOST_STEPS = 3;
    private static final int LAST_LINES = 10;

    private final Environment environment;
    private final DagkeeperClient client;
    private final Run run;

    RunEnding(Environment environment, DagkeeperClient client, Run run) {
        this.environment = environment;
        this.client = client;
        this.run = run;
    }

    void print() throws IOException {
        var out = environment.out();
        var took = run.endedAt()
                .map(end -> " in " + Times.text(Duration.between(run.createdAt(), end)))
                .orElse("");
        var reason = run.reason().isEmpty() ? "" : ": " + Table.plain(run.reason());
        out.println("run " + run.id() + " " + run.state().text() + took + reason);
        run.outputs().properties().forEach(entry -> out.println("output " + entry.getKey() + " = " + entry.getValue()));
        out.flush();
        printFailure();
    }

    /** To standard error; nothing for a run that did not fail. */
    void printFailure() throws IOException {
        if (run.state() != RunState.FAILED) {
            return;
        }
        var steps = run.hasSteps() ? run.steps() : client.steps(run.id());
        var failed = failed(steps);
        for (var step : failed.subList(0, Math.min(MOST_STEPS, failed.size()))) {
            print(step);
        }
        if (failed.size() > MOST_STEPS) {
            environment.err().println("... and " + (failed.size() - MOST_STEPS) + " more failed steps");
        }
        var err = environment.err();
        err.println("next:");
        if (!failed.isEmpty()) {
            err.println("  dagkeeper logs " + run.id() + "/" + failed.getFirst().name());
            err.println("  dagkeeper why " + run.id() + "/" + failed.getFirst().name());
        } else {
            err.println("  dagkeeper why " + run.id());
        }
        err.println("  dagkeeper status " + run.id());
    }

    /** The failed steps; for a foreach its failed instances rather than the whole. */
    private static List<RunStep> failed(List<RunStep> steps) {
        var instances = steps.stream()
                .filter(step -> step.index().isPresent() && isFailed(step))
                .map(RunStep::id)
                .toList();
        return steps.stream()
                .filter(RunEnding::isFailed)
                .filter(step -> step.index().isPresent() || !instances.contains(step.id()))
                .toList();
    }

    private static boolean isFailed(RunStep step) {
        return step.state() == StepState.FAILED || step.state() == StepState.TIMED_OUT;
    }

    private void print(RunStep step) throws IOException {
        var err = environment.err();
        var text = new StringBuilder("step ")
                .append(step.name())
                .append(' ')
                .append(step.state().text());
        if (step.attempt() > 1) {
            text.append(" after ").append(step.attempt()).append(" attempts");
        }
        step.exitCode().ifPresent(code -> text.append(", exit code ").append(code));
        var why = StatusText.why(step);
        if (!why.isEmpty()) {
            text.append(": ").append(why);
        }
        err.println(Table.plain(text.toString()));
        lastLines(step).forEach(line -> err.println("  | " + Table.plain(line)));
    }

    private List<String> lastLines(RunStep step) throws IOException {
        var query = new LogQuery(
                Optional.of(step.id()),
                step.index(),
                OptionalInt.of(step.attempt()),
                false,
                OptionalInt.of(LAST_LINES));
        try (var log = client.logs(run.id(), query)) {
            return new String(log.body().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (ClientException e) {
            return List.of("(its log cannot be read: " + e.getMessage() + ")");
        }
    }
}
