package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One checked workflow. Immutable and thread-safe; made only by {@link WorkflowCompiler}, so whatever holds one may
 * rely on every rule of the language.
 *
 * @param namespace where the name is unique
 * @param name the workflow's id
 * @param description free text
 * @param labels free key-values, copied to each run
 * @param inputs in document order
 * @param env for every step that runs a process
 * @param files paths and globs relative to the workflow's file, shipped with the revision
 * @param secrets by declared name
 * @param triggers what starts runs by itself, in document order
 * @param concurrency how many runs at once; absent: any number
 * @param priority -100 to 100, higher first
 * @param timeout wall clock of a run from its creation
 * @param deadlines by when a run must have ended
 * @param onStepFailure what happens to the other steps when one fails
 * @param steps the main steps in document order, then the hooks; a step's ordinal is its place in this list
 * @param outputs of the run
 * @param reserved keys and step types that are checked but not carried out yet; a run that has any is refused
 */
public record Workflow(
        String namespace,
        String name,
        Optional<String> description,
        Map<String, String> labels,
        List<Input> inputs,
        Map<String, Template> env,
        List<String> files,
        Map<String, Secret> secrets,
        List<Trigger> triggers,
        Optional<Concurrency> concurrency,
        int priority,
        Optional<Duration> timeout,
        List<Deadline> deadlines,
        OnStepFailure onStepFailure,
        List<Step> steps,
        List<RunOutput> outputs,
        List<Reserved> reserved) {
    public Workflow {
        labels = Map.copyOf(labels);
        inputs = List.copyOf(inputs);
        env = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(env));
        files = List.copyOf(files);
        secrets = Map.copyOf(secrets);
        triggers = List.copyOf(triggers);
        deadlines = List.copyOf(deadlines);
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
        reserved = List.copyOf(reserved);
    }

    /** What a failed step means for the steps that do not depend on it. */
    public enum OnStepFailure {
        FINISH_INDEPENDENT,
        FINISH_RUNNING,
        FAIL_FAST
    }

    /**
     * An input of a run.
     *
     * @param bounds what a value must satisfy besides its type
     */
    public record Input(
            String name,
            ValueType type,
            Optional<Template> defaultValue,
            boolean required,
            Optional<String> description,
            Bounds bounds) {}

    /** Limits on an input's value; an absent one does not limit. {@code min} and {@code max} are in the type's text. */
    public record Bounds(
            Optional<String> min,
            Optional<String> max,
            Optional<String> pattern,
            Optional<Integer> minItems,
            Optional<Integer> maxItems) {}

    /** Where a secret comes from. Its value is seen only as an environment variable of the steps that name it. */
    public record Secret(String name, Source from, String key) {
        /** The kinds of place a secret is read from. */
        public enum Source {
            ENV,
            FILE,
            STORE
        }
    }

    /** A value of the whole run, computed when its main steps are over. */
    public record RunOutput(String name, ValueType type, Expression value) {}

    /** Something the language has and the engine does not carry out yet, with its place in the source. */
    public record Reserved(String what, int line, int column) {}
}
