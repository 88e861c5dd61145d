package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A step as bound, before names are resolved and expressions compiled.
 *
 * @param key the step's id in the source
 * @param type absent when {@code uses} is missing or unknown
 * @param explicitJoin where the source names a join
 * @param ownEnv the step's environment with the defaults', without the workflow's
 * @param retry from the step, or whole from the defaults
 */
record StepDraft(
        int ordinal,
        String id,
        Step.Phase phase,
        Field key,
        Optional<StepType> type,
        Optional<Field> run,
        Optional<Field> with,
        List<NeedDraft> needs,
        Optional<Field> explicitJoin,
        Step.Join join,
        Optional<Field> when,
        Optional<ForeachDraft> foreach,
        Optional<Field> env,
        Map<String, Field> ownEnv,
        List<Field> secrets,
        List<OutputDraft> outputs,
        Duration timeout,
        RetryDraft retry,
        Step.OnError onError,
        Demand demand,
        int priority,
        boolean dependsOnPast,
        List<String> produces) {

    /** As messages name it. */
    String displayName() {
        return phase == Step.Phase.MAIN ? id : phase.key() + "." + id;
    }

    /** Another step by name; {@code on} is empty when the edge has no condition. */
    record NeedDraft(Field field, String id, Set<Step.EdgeState> on) {}

    record ForeachDraft(Optional<Field> in, String as, int maxParallel, boolean failFast, int maxFailures) {}

    record OutputDraft(Field key, String name, ValueType type, Optional<Field> from) {}

    record RetryDraft(int max, Duration delay, double backoff, Duration maxDelay, double jitter, Optional<Field> when) {
        static final RetryDraft NONE =
                new RetryDraft(0, Duration.ofSeconds(1), 1, Duration.ofDays(1), 0, Optional.empty());
    }

    /** What {@code defaults.step} gives to steps that lack it. */
    record Defaults(
            Optional<Duration> timeout, Optional<RetryDraft> retry, Optional<String> queue, Map<String, Field> env) {
        static final Defaults NONE = new Defaults(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }
}
