package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One checked step with the workflow's defaults filled in. Immutable and thread-safe.
 *
 * @param ordinal its place in {@link Workflow#steps()}
 * @param id unique within its phase
 * @param phase main step, or the hook map it belongs to
 * @param uses the step type
 * @param run the script, for process types; never a template
 * @param with the type's own settings
 * @param needs what it waits for; hooks need only hooks of their own phase
 * @param dependents ordinals of the steps that need this one, ascending
 * @param join the rule over the states of {@code needs}
 * @param when asked after the join holds
 * @param foreach one instance an item
 * @param env the step's own environment over the workflow's (already merged, workflow first)
 * @param secrets names of declared secrets
 * @param outputs declared outputs
 * @param timeout of one attempt
 * @param retry how often and when to try again
 * @param onError what a final failure counts as
 * @param demand what it asks of the worker that is to run it
 * @param priority added to the run's
 * @param dependsOnPast whether the same step of the previous interval's run must have succeeded
 * @param produces datasets that its success updates
 */
public record Step(
        int ordinal,
        String id,
        Phase phase,
        String uses,
        Optional<String> run,
        Settings with,
        List<Need> needs,
        List<Integer> dependents,
        Join join,
        Optional<Expression> when,
        Optional<Foreach> foreach,
        Map<String, Template> env,
        List<String> secrets,
        List<Output> outputs,
        Duration timeout,
        Retry retry,
        OnError onError,
        Demand demand,
        int priority,
        boolean dependsOnPast,
        List<String> produces) {
    public Step {
        produces = List.copyOf(produces);
        needs = List.copyOf(needs);
        dependents = List.copyOf(dependents);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        secrets = List.copyOf(secrets);
        outputs = List.copyOf(outputs);
    }

    /** Which workers may take it. */
    public String queue() {
        return demand.queue();
    }

    /** The name users see: the id, for a hook with its map before it ({@code on-failure.page}). */
    public String displayName() {
        return phase == Phase.MAIN ? id : phase.key() + "." + id;
    }

    /** When a step belongs to the run's life. */
    public enum Phase {
        MAIN("steps"),
        ON_SUCCESS("on-success"),
        ON_FAILURE("on-failure"),
        ALWAYS("always");

        private final String key;

        Phase(String key) {
            this.key = key;
        }

        /** The key in the YAML source. */
        public String key() {
            return key;
        }
    }

    /**
     * One edge of the DAG.
     *
     * @param step ordinal of the upstream step
     * @param on the upstream states that count as ok; empty when the edge has no condition
     */
    public record Need(int step, Set<EdgeState> on) {
        public Need {
            on = Set.copyOf(on);
        }
    }

    /** What a per-edge condition can name. {@code SUCCEEDED} covers warned, {@code FAILED} covers timed-out. */
    public enum EdgeState {
        SUCCEEDED,
        FAILED,
        SKIPPED,
        UPSTREAM_FAILED,
        CANCELLED
    }

    /** The rules over the states of a step's upstreams. */
    public enum Join {
        ALL_SUCCEEDED,
        ALL_DONE,
        ALL_FAILED,
        ALL_SKIPPED,
        ANY_SUCCEEDED,
        ANY_FAILED,
        ANY_DONE,
        NONE_FAILED,
        NONE_FAILED_ANY_SUCCEEDED,
        NONE_SKIPPED,
        ALL_DONE_ANY_SUCCEEDED,
        ALWAYS
    }

    /**
     * One instance per item of a list.
     *
     * @param maxParallel instances at work at once, {@code Integer.MAX_VALUE} when not limited
     * @param failFast whether the first instance over {@code maxFailures} cancels the others
     * @param maxFailures how many instances may fail before the step does
     */
    public record Foreach(Expression in, String as, int maxParallel, boolean failFast, int maxFailures) {}

    /**
     * How a failed attempt is tried again. The delay before attempt {@code n+1} is
     * {@code min(delay * backoff^(n-1), maxDelay)}, spread by {@code ± jitter} of itself.
     *
     * @param max further attempts, 0 for none
     * @param jitter 0 to 1
     * @param when asked with the error in scope; absent means always
     */
    public record Retry(
            int max, Duration delay, double backoff, Duration maxDelay, double jitter, Optional<Expression> when) {}

    /** What a final failure of the step counts as. */
    public enum OnError {
        FAIL,
        WARN
    }

    /** A declared output; {@code from} is a path into what the step type offers, absent for the output's own name. */
    public record Output(String name, ValueType type, Optional<String> from) {}
}
