package dev.dagkeeper.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A workflow as bound so far, before names are resolved and expressions compiled. Filled by the binders, once. */
final class WorkflowDraft {
    String namespace = "default";
    String name = "";
    Optional<String> description = Optional.empty();
    Map<String, String> labels = Map.of();
    final List<InputDraft> inputs = new ArrayList<>();
    Map<String, Field> env = Map.of();
    List<String> files = List.of();
    final Map<String, SecretDraft> secrets = new LinkedHashMap<>();
    int priority;
    Optional<Duration> timeout = Optional.empty();
    Workflow.OnStepFailure onStepFailure = Workflow.OnStepFailure.FINISH_INDEPENDENT;
    final List<StepDraft> steps = new ArrayList<>();
    final List<RunOutputDraft> outputs = new ArrayList<>();
    final List<Workflow.Reserved> reserved = new ArrayList<>();
    final List<TriggerDraft> triggers = new ArrayList<>();
    Optional<ConcurrencyDraft> concurrency = Optional.empty();
    final List<Deadline> deadlines = new ArrayList<>();

    /** Notes something that is checked and not carried out yet. */
    void reserve(String what, Field field) {
        var mark = field.node().getStartMark();
        reserved.add(new Workflow.Reserved(what, mark.getLine() + 1, mark.getColumn() + 1));
    }

    record InputDraft(
            Field key,
            String name,
            ValueType type,
            Optional<Field> defaultValue,
            boolean required,
            Optional<String> description,
            Workflow.Bounds bounds) {}

    record SecretDraft(Field key, Workflow.Secret secret) {}

    record RunOutputDraft(Field key, String name, ValueType type, Optional<Field> value) {}

    /**
     * A trigger.
     *
     * @param key its id
     * @param schedule absent when it has errors
     * @param cron the expression, for a trigger that has one
     */
    record TriggerDraft(Field key, Optional<Schedule> schedule, Optional<Field> cron, List<TriggerInput> inputs) {}

    record ConcurrencyDraft(Optional<Field> group, int max, Concurrency.OnConflict onConflict) {}

    /** A value that a trigger gives to an input. */
    record TriggerInput(Field key, Field value) {}
}
