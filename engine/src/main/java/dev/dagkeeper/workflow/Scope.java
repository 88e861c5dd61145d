package dev.dagkeeper.workflow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What an expression can see. Secrets are not here, on purpose.
 *
 * @param inputs bound inputs of the run, by name
 * @param env the evaluated workflow environment
 * @param run facts of the run
 * @param steps states and outputs of ancestors
 * @param step the step itself, where there is one
 * @param loop loop variables by name
 * @param error the failed attempt, in {@code retry.when} only
 */
public record Scope(
        Map<String, JsonNode> inputs,
        Map<String, String> env,
        RunFacts run,
        Upstreams steps,
        Optional<StepFacts> step,
        Map<String, JsonNode> loop,
        Optional<ErrorFacts> error) {

    /**
     * The run as expressions see it.
     *
     * @param time the run's nominal time: its scheduled fire, or its creation
     * @param trigger id of the trigger that started it; empty text for a manual run
     * @param events the updates of datasets that it was created for, oldest first; none for a run of another kind
     */
    public record RunFacts(
            String id,
            String workflow,
            int revision,
            Instant time,
            Instant intervalStart,
            Instant intervalEnd,
            String trigger,
            List<DatasetEvent> events) {
        public RunFacts {
            events = List.copyOf(events);
        }

        /** Of a run that no update of a dataset started. */
        public RunFacts(
                String id,
                String workflow,
                int revision,
                Instant time,
                Instant intervalStart,
                Instant intervalEnd,
                String trigger) {
            this(id, workflow, revision, time, intervalStart, intervalEnd, trigger, List.of());
        }
    }

    /** The step that evaluates; attempts count from 1. */
    public record StepFacts(String id, int attempt) {}

    /** Why an attempt failed. */
    public record ErrorFacts(String kind, Optional<Integer> exitCode, String message) {}

    /** Read access to the steps an expression names. */
    public interface Upstreams {
        /** The state in the notation of the language, such as {@code succeeded}. */
        String state(int step);

        /** The outputs it has given so far; for a foreach step each is the list over its instances. */
        Map<String, JsonNode> outputs(int step);

        /** No steps at all. */
        Upstreams NONE = new Upstreams() {
            @Override
            public String state(int step) {
                throw new IllegalArgumentException("no step is in scope, asked for step " + step);
            }

            @Override
            public Map<String, JsonNode> outputs(int step) {
                throw new IllegalArgumentException("no step is in scope, asked for step " + step);
            }
        };
    }
}
