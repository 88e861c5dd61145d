package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A run at its end, with what a test asks of it.
 *
 * @param steps all of them, instances after their step
 * @param needs what the workflow says
 * @param logs the lines of a step, all instances and attempts
 */
record FinishedRun(Run run, List<RunStep> steps, Needs needs, Function<String, List<String>> logs) {
    FinishedRun ended(RunState state) {
        assertThat(run.state()).as("%s: %s", run.workflow(), run.reason()).isEqualTo(state);
        return this;
    }

    /** The steps in document order with their states, instances left out: {@code "greet succeeded"}. */
    FinishedRun states(String... expected) {
        assertThat(steps.stream().filter(step -> step.index().isEmpty()))
                .extracting(step -> step.id() + " " + step.state().text())
                .containsExactly(expected);
        return this;
    }

    /** The run's outputs as JSON, in any order. */
    FinishedRun outputs(String... expected) {
        assertThat(run.outputs().properties())
                .extracting(output -> output.getKey() + " = " + output.getValue())
                .containsExactlyInAnyOrder(expected);
        return this;
    }

    /** One output of one step, as JSON. */
    FinishedRun output(String step, String name, String expected) {
        assertThat(step(step).json().path("outputs").path(name))
                .as("%s.outputs.%s", step, name)
                .hasToString(expected);
        return this;
    }

    /** All lines of a step's log. */
    FinishedRun log(String step, String... lines) {
        assertThat(logs.apply(step)).as("log of %s", step).containsExactly(lines);
        return this;
    }

    /** All lines of a step's log, whose instances wrote in any order. */
    FinishedRun logInAnyOrder(String step, String... lines) {
        assertThat(logs.apply(step)).as("log of %s", step).containsExactlyInAnyOrder(lines);
        return this;
    }

    FinishedRun attempts(String step, int expected) {
        assertThat(step(step).attempt()).as("attempts at %s", step).isEqualTo(expected);
        return this;
    }

    RunStep step(String name) {
        return steps.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** No step, and no instance, began before what it waits for had ended; nor a hook before every step had. */
    FinishedRun inOrder() {
        for (var step : steps) {
            if (step.startedAt().isEmpty()) {
                continue;
            }
            var hook = !needs.upstreams().containsKey(step.id());
            var upstreams =
                    hook ? needs.upstreams().keySet() : needs.upstreams().get(step.id());
            if (needs.early().contains(step.id())) {
                assertThat(upstreams)
                        .as("upstreams of %s", step.id())
                        .anyMatch(upstream -> endedBefore(upstream, step));
            } else {
                assertThat(upstreams)
                        .as("upstreams of %s", step.id())
                        .allMatch(upstream -> endedBefore(upstream, step));
            }
        }
        return this;
    }

    private boolean endedBefore(String upstream, RunStep step) {
        var end = step(upstream).endedAt().orElseThrow();
        return !end.isAfter(step.startedAt().orElseThrow());
    }

    /** From the start of the run to its end. */
    Duration took() {
        return Duration.between(run.startedAt().orElseThrow(), run.endedAt().orElseThrow());
    }
}
