package dev.dagkeeper.workflow;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what is legal but surely not meant, in a workflow without errors. */
final class Warnings {
    private final WorkflowDraft draft;
    private final Resolution resolution;
    private final Problems problems;
    private final boolean[] skippable;

    private Warnings(WorkflowDraft draft, Resolution resolution, Problems problems) {
        this.draft = draft;
        this.resolution = resolution;
        this.problems = problems;
        this.skippable = findSkippable();
    }

    /** @param inputsRead names of the inputs that some expression reads */
    static void check(WorkflowDraft draft, Resolution resolution, Set<String> inputsRead, Problems problems) {
        var warnings = new Warnings(draft, resolution, problems);
        warnings.unused(inputsRead);
        draft.triggers.forEach(warnings::check);
        draft.steps.forEach(warnings::check);
    }

    private void unused(Set<String> inputsRead) {
        for (var input : draft.inputs) {
            if (!inputsRead.contains(input.name())) {
                problems.add(
                        Code.UNUSED_INPUT,
                        input.key(),
                        "nothing reads input '" + input.name() + "'",
                        "a step gets it by  env: {NAME: \"${{ inputs." + input.name() + " }}\"}");
            }
        }
        var listed = new HashSet<String>();
        draft.steps.forEach(step -> step.secrets().forEach(secret -> listed.add(secret.text())));
        draft.secrets.values().stream()
                .filter(secret -> !listed.contains(secret.secret().name()))
                .forEach(secret -> problems.add(
                        Code.UNUSED_SECRET,
                        secret.key(),
                        "no step lists secret '" + secret.secret().name() + "'",
                        "a step gets it by  secrets: [" + secret.secret().name() + "]"));
    }

    private void check(WorkflowDraft.TriggerDraft trigger) {
        trigger.schedule()
                .filter(schedule -> schedule.when() instanceof Schedule.When.Cron cron
                        && cron.expression().neverFires())
                .flatMap(schedule -> trigger.cron())
                .ifPresent(cron -> problems.add(
                        Code.NEVER_FIRES,
                        cron,
                        "'" + TypedValue.shorten(cron.text()) + "' never fires: no month that it allows has such a day",
                        "'L' is the last day of every month"));
    }

    private void check(StepDraft step) {
        var process = step.type().map(type -> type.process()).orElse(true);
        if (!process) {
            step.env().ifPresent(env -> tellNoProcess(step, env, "env"));
            step.secrets().stream().findFirst().ifPresent(secret -> tellNoProcess(step, secret, "secrets"));
        }
        if (step.needs().isEmpty()) {
            step.explicitJoin()
                    .ifPresent(join -> problems.add(
                            Code.JOIN_WITHOUT_NEEDS,
                            join,
                            "step '" + step.displayName() + "' has a join and no needs to join",
                            ""));
            return;
        }
        if (!checkJoin(step) && step.explicitJoin().isEmpty()) {
            step.needs().forEach(need -> checkDefaultJoin(step, need));
        }
    }

    private void tellNoProcess(StepDraft step, Field field, String key) {
        problems.add(
                Code.NO_PROCESS,
                field,
                "step '" + step.displayName() + "' runs no process, so nothing sees its " + key,
                "");
    }

    /** Whether it has told something. */
    private boolean checkJoin(StepDraft step) {
        var needs = resolution.needs().get(step.ordinal());
        if (step.explicitJoin().isEmpty()
                && needs.stream().allMatch(need -> need.on().isEmpty())) {
            return false;
        }
        var impossible = needs.stream().filter(this::neverFits).toList();
        var never = switch (step.join()) {
            case ALL_SUCCEEDED -> !impossible.isEmpty();
            case ANY_SUCCEEDED, NONE_FAILED_ANY_SUCCEEDED, ALL_DONE_ANY_SUCCEEDED -> impossible.size() == needs.size();
            // With a condition an upstream is ok or skipped, never bad.
            case ALL_FAILED -> needs.stream().anyMatch(need -> !need.on().isEmpty());
            case ANY_FAILED -> needs.stream().noneMatch(need -> need.on().isEmpty());
            case ALL_SKIPPED -> needs.stream().anyMatch(need -> need.on().isEmpty() && !skippable[need.step()]);
            case ALL_DONE, ANY_DONE, NONE_FAILED, NONE_SKIPPED, ALWAYS -> false;
        };
        if (never) {
            problems.add(
                    Code.JOIN_NEVER_HOLDS,
                    step.explicitJoin().orElse(step.needs().getFirst().field()),
                    "join " + Words.kebab(step.join()) + " of step '" + step.displayName() + "' can never hold",
                    impossible.isEmpty()
                            ? ""
                            : "'"
                                    + draft.steps
                                            .get(impossible.getFirst().step())
                                            .id() + "' can never end in a state that is listed for it");
        }
        return never;
    }

    /** Whether the edge lists only states that its upstream cannot end in. */
    private boolean neverFits(Step.Need need) {
        if (need.on().isEmpty()) {
            return false;
        }
        var possible = EnumSet.of(Step.EdgeState.SUCCEEDED, Step.EdgeState.FAILED, Step.EdgeState.CANCELLED);
        if (skippable[need.step()]) {
            possible.add(Step.EdgeState.SKIPPED);
        }
        if (!resolution.needs().get(need.step()).isEmpty()) {
            possible.add(Step.EdgeState.UPSTREAM_FAILED);
        }
        possible.retainAll(need.on());
        return possible.isEmpty();
    }

    private void checkDefaultJoin(StepDraft step, StepDraft.NeedDraft need) {
        if (!need.on().isEmpty()) {
            return;
        }
        resolution.needs().get(step.ordinal()).stream()
                .map(resolved -> draft.steps.get(resolved.step()))
                .filter(upstream -> upstream.id().equals(need.id()) && skippableByItself(upstream))
                .forEach(upstream -> problems.add(
                        Code.SKIPPED_WITH_UPSTREAM,
                        need.field(),
                        "step '" + step.displayName() + "' is skipped whenever '" + upstream.id() + "' is",
                        "write 'join: none-failed' to run it all the same, or 'join: all-succeeded' when it is meant"));
    }

    private static boolean skippableByItself(StepDraft step) {
        return step.when().isPresent()
                || step.needs().stream().anyMatch(need -> !need.on().isEmpty());
    }

    private boolean[] findSkippable() {
        var found = new boolean[draft.steps.size()];
        for (var ordinal : resolution.order().orElse(List.of())) {
            var step = draft.steps.get(ordinal);
            found[ordinal] = skippableByItself(step)
                    || (!step.needs().isEmpty() && defeatedBySuccess(step.join()))
                    || resolution.needs().get(ordinal).stream().anyMatch(need -> found[need.step()]);
        }
        return found;
    }

    private static boolean defeatedBySuccess(Step.Join join) {
        return join == Step.Join.ALL_FAILED || join == Step.Join.ANY_FAILED || join == Step.Join.ALL_SKIPPED;
    }
}
