package dev.dagkeeper.workflow;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** The keys of each kind of map in the language. The schema of the language is held against these by a test. */
enum Keys {
    WORKFLOW(
            "version",
            "name",
            "namespace",
            "description",
            "labels",
            "inputs",
            "env",
            "files",
            "secrets",
            "triggers",
            "concurrency",
            "priority",
            "timeout",
            "deadlines",
            "on-step-failure",
            "defaults",
            "steps",
            "hooks",
            "outputs"),
    INPUT("type", "default", "required", "description", "values", "min", "max", "pattern", "min-items", "max-items"),
    SECRET("from", "key"),
    CRON_TRIGGER(
            "cron",
            "timezone",
            "dst",
            "from",
            "until",
            "exclude",
            "jitter",
            "catchup",
            "start-deadline",
            "pause-on-failure",
            "inputs"),
    INTERVAL_TRIGGER(
            "every",
            "offset",
            "timezone",
            "from",
            "until",
            "exclude",
            "jitter",
            "catchup",
            "start-deadline",
            "pause-on-failure",
            "inputs"),
    TIMES_TRIGGER(
            "at",
            "timezone",
            "from",
            "until",
            "exclude",
            "jitter",
            "catchup",
            "start-deadline",
            "pause-on-failure",
            "inputs"),
    DATASET_TRIGGER("datasets", "debounce", "max-wait", "start-deadline", "pause-on-failure", "inputs"),
    EXCLUDE("from", "until"),
    DST("gap", "overlap"),
    CATCHUP("mode", "window", "max-runs", "order"),
    DATASETS("all", "any"),
    CONCURRENCY("group", "max", "on-conflict"),
    DEADLINE("from", "within", "do"),
    DEFAULTS("step"),
    STEP_DEFAULTS("timeout", "retry", "queue", "env"),
    HOOKS("on-success", "on-failure", "always"),
    RUN_OUTPUT("type", "value"),
    STEP(
            "uses",
            "run",
            "with",
            "needs",
            "join",
            "when",
            "foreach",
            "env",
            "secrets",
            "outputs",
            "timeout",
            "retry",
            "on-error",
            "queue",
            "resources",
            "pools",
            "placement",
            "priority",
            "depends-on-past",
            "produces"),
    FOREACH("in", "as", "max-parallel", "fail-fast", "max-failures"),
    OUTPUT("type", "from"),
    RETRY("max", "delay", "backoff", "max-delay", "jitter", "when"),
    RESOURCES("cpu", "memory"),
    PLACEMENT("labels", "zone", "spread");

    private final ImmutableList<String> names;

    Keys(String... names) {
        this.names = ImmutableList.copyOf(names);
    }

    List<String> names() {
        return names;
    }
}
