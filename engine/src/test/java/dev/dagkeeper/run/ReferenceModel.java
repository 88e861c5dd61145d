package dev.dagkeeper.run;

import dev.dagkeeper.run.ReferenceJoin.Ended;
import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A second model of a run, written from the language's page alone and as simply as can be: after each event it looks at
 * the whole run again and again until nothing follows any more. It shares nothing with the decisions but the workflow.
 */
final class ReferenceModel {
    private final Workflow workflow;
    private final RunId run = Play.header().id();

    /** Every instance that exists, plain steps and foreach steps as a whole included. */
    final TreeMap<StepKey, StepState> states = new TreeMap<>();

    private final TreeMap<StepKey, Integer> attempts = new TreeMap<>();
    private final Set<StepKey> begun = new HashSet<>();
    private final Set<StepKey> told = new HashSet<>();

    /** Steps whose end the others know. */
    private final Set<Integer> known = new HashSet<>();

    private boolean stopped;
    private boolean hooks;

    @Nullable
    RunState verdict;

    RunState state = RunState.QUEUED;

    ReferenceModel(Workflow workflow) {
        this.workflow = workflow;
        workflow.steps().forEach(step -> states.put(whole(step), StepState.PENDING));
    }

    void started() {
        state = RunState.RUNNING;
        follow();
    }

    void placed(StepKey key) {
        states.put(key, StepState.QUEUED);
    }

    void withdrawn(StepKey key) {
        states.put(key, told.contains(key) ? StepState.CANCELLED : StepState.BLOCKED);
        follow();
    }

    void running(StepKey key) {
        states.put(key, StepState.RUNNING);
        touched(key);
    }

    private void touched(StepKey key) {
        begun.add(key);
        if (key.index() >= 0 && states.get(whole(step(key))) == StepState.BLOCKED) {
            states.put(whole(step(key)), StepState.RUNNING);
        }
    }

    void lost(StepKey key) {
        withdrawn(key);
    }

    void due(StepKey key) {
        states.put(key, StepState.BLOCKED);
    }

    void endedAsTold(StepKey key) {
        states.put(key, StepState.CANCELLED);
        follow();
    }

    /** An attempt ended by itself. */
    void ended(StepKey key, Outcome outcome) {
        touched(key);
        var step = step(key);
        if (outcome == Outcome.SUCCEEDS) {
            states.put(key, StepState.SUCCEEDED);
        } else {
            var as = outcome == Outcome.TIMES_OUT ? StepState.TIMED_OUT : StepState.FAILED;
            var attempt = attempts.merge(key, 1, Integer::sum);
            if (outcome == Outcome.FAILS_FOR_GOOD || attempt > step.retry().max()) {
                fail(key, as);
            } else {
                tryAgain(key, step, as);
            }
        }
        follow();
    }

    private void tryAgain(StepKey key, Step step, StepState as) {
        var wanted = step.retry().when().map(this::bool).orElse(Answer.YES);
        if (wanted == Answer.FAILS) {
            fail(key, StepState.FAILED);
        } else if (wanted == Answer.NO) {
            fail(key, as);
        } else if (told.contains(key)) {
            states.put(key, StepState.CANCELLED);
        } else {
            states.put(key, step.retry().delay().isZero() ? StepState.BLOCKED : StepState.WAITING);
        }
    }

    private void fail(StepKey key, StepState as) {
        var warn = key.index() < 0 && step(key).onError() == Step.OnError.WARN;
        states.put(key, warn ? StepState.WARNED : as);
    }

    void cancel(boolean kill) {
        endEarly(RunState.CANCELLED, RunState.CANCELLING, kill);
    }

    void timeOut() {
        endEarly(RunState.FAILED, state, false);
    }

    private void endEarly(RunState as, RunState until, boolean kill) {
        if (verdict != null) {
            return;
        }
        verdict = as;
        state = until;
        steps(false).filter(step -> kill).forEach(step -> states.put(whole(step), StepState.SKIPPED));
        steps(true).forEach(step -> stop(step, false));
        follow();
    }

    private void stop(Step step, boolean onlyNotStarted) {
        for (var key : parts(step)) {
            var at = states.get(key);
            if (onlyNotStarted && begun.contains(key)) {
                continue;
            }
            if (at == StepState.PENDING || at == StepState.BLOCKED || at == StepState.WAITING) {
                states.put(key, StepState.CANCELLED);
            } else if (at == StepState.QUEUED || at == StepState.RUNNING) {
                told.add(key);
            }
        }
    }

    /** Whether a queued or running instance was told to end. */
    boolean told(StepKey key) {
        return told.contains(key);
    }

    /** The instances of a foreach that has some, else the step itself. */
    private List<StepKey> parts(Step step) {
        var first = new StepKey(run, step.ordinal(), 0);
        var instances = step.foreach().isEmpty()
                ? List.<StepKey>of()
                : List.copyOf(states.subMap(first, new StepKey(run, step.ordinal(), Integer.MAX_VALUE))
                        .keySet());
        return instances.isEmpty() ? List.of(whole(step)) : instances;
    }

    private void follow() {
        while (wholesFollow() || successesAreKnown() || joinsFollow() || failuresAreKnown() || endFollows()) {}
    }

    private boolean wholesFollow() {
        var changed = false;
        for (var step : workflow.steps()) {
            if (parts(step).contains(whole(step)) || isFinal(step)) {
                continue;
            }
            var foreach = step.foreach().orElseThrow();
            var failed = count(step, StepState.FAILED) + count(step, StepState.TIMED_OUT);
            var tooMany = failed > foreach.maxFailures();
            if (tooMany && foreach.failFast()) {
                stop(step, false);
            }
            if (parts(step).stream().allMatch(key -> state(key).isFinal())) {
                if (tooMany) {
                    fail(whole(step), StepState.FAILED);
                } else if (count(step, StepState.CANCELLED) > 0) {
                    states.put(whole(step), StepState.CANCELLED);
                } else {
                    states.put(whole(step), failed > 0 ? StepState.WARNED : StepState.SUCCEEDED);
                }
                changed = true;
                continue;
            }
            for (var key : parts(step)) {
                var atWork = parts(step).stream()
                        .filter(k -> !state(k).isFinal() && state(k) != StepState.PENDING)
                        .count();
                if (state(key) == StepState.PENDING && atWork < foreach.maxParallel()) {
                    states.put(key, StepState.BLOCKED);
                }
            }
        }
        return changed;
    }

    private boolean successesAreKnown() {
        return workflow.steps().stream()
                        .filter(step -> isFinal(step) && !isFailure(step))
                        .filter(step -> known.add(step.ordinal()))
                        .count()
                > 0;
    }

    private boolean joinsFollow() {
        var changed = false;
        for (var step : workflow.steps()) {
            var phase = step.phase() == Phase.MAIN ? !hooks : hooks;
            if (phase && state(whole(step)) == StepState.PENDING) {
                changed |= ask(step);
            }
        }
        return changed;
    }

    private boolean ask(Step step) {
        var answer = ReferenceJoin.ask(step.join(), upstreams(step));
        if (answer == StepState.PENDING) {
            return false;
        }
        states.put(whole(step), answer);
        if (answer == StepState.BLOCKED) {
            start(step);
        }
        return true;
    }

    private void start(Step step) {
        switch (step.when().map(this::bool).orElse(Answer.YES)) {
            case NO -> states.put(whole(step), StepState.SKIPPED);
            case FAILS -> fail(whole(step), StepState.FAILED);
            case YES ->
                step.foreach().ifPresent(foreach -> {
                    try {
                        var items = foreach.in().evaluate(scope());
                        for (var i = 0; i < items.size(); i++) {
                            states.put(new StepKey(run, step.ordinal(), i), StepState.PENDING);
                        }
                        if (items.isEmpty()) {
                            states.put(whole(step), StepState.SUCCEEDED);
                        }
                    } catch (ExpressionException e) {
                        fail(whole(step), StepState.FAILED);
                    }
                });
        }
    }

    /** How each upstream counts, null while its end is not known. */
    private List<@Nullable Ended> upstreams(Step step) {
        var ends = new ArrayList<@Nullable Ended>();
        for (var need : step.needs()) {
            ends.add(known.contains(need.step()) ? counts(need) : null);
        }
        return ends;
    }

    private Ended counts(Step.Need need) {
        return ReferenceJoin.counts(need, state(whole(workflow.steps().get(need.step()))));
    }

    private boolean failuresAreKnown() {
        var fresh = steps(true)
                .filter(this::isFailure)
                .filter(step -> known.add(step.ordinal()))
                .toList();
        var mode = workflow.onStepFailure();
        if (!fresh.isEmpty() && mode != OnStepFailure.FINISH_INDEPENDENT && !stopped && verdict == null) {
            stopped = true;
            var stays = new HashSet<Step>();
            for (var failure : fresh) {
                steps(true).filter(step -> satisfies(failure, step)).forEach(step -> withFollowers(step, stays));
            }
            steps(true)
                    .filter(step -> !stays.contains(step))
                    .forEach(step -> stop(step, mode == OnStepFailure.FINISH_RUNNING));
        }
        return !fresh.isEmpty();
    }

    /** Whether the failure is what the step's join asks for, and the join is not beyond hope. */
    private boolean satisfies(Step failure, Step step) {
        var wanted = step.needs().stream()
                .anyMatch(need -> need.step() == failure.ordinal() && ReferenceJoin.asksFor(step.join(), counts(need)));
        return wanted
                && (state(whole(step)) != StepState.PENDING
                        || !ReferenceJoin.ask(step.join(), upstreams(step)).isFinal());
    }

    private void withFollowers(Step step, Set<Step> stays) {
        if (stays.add(step)) {
            step.dependents().forEach(next -> withFollowers(workflow.steps().get(next), stays));
        }
    }

    private boolean endFollows() {
        if (state.isFinal() || steps(true).anyMatch(step -> !isFinal(step))) {
            return false;
        }
        if (hooks) {
            if (steps(false).allMatch(this::isFinal)) {
                state = Objects.requireNonNull(verdict);
                return true;
            }
            return false;
        }
        hooks = true;
        if (verdict == null) {
            verdict = new ReferenceVerdict(workflow, step -> state(whole(step))).verdict();
            if (verdict != RunState.FAILED
                    && workflow.outputs().stream().anyMatch(out -> bool(out.value()) == Answer.FAILS)) {
                verdict = RunState.FAILED;
            }
        }
        steps(false)
                .filter(step -> !isFinal(step) && !belongs(step.phase()))
                .forEach(step -> states.put(whole(step), StepState.SKIPPED));
        return true;
    }

    private boolean belongs(Phase phase) {
        return phase == Phase.ALWAYS
                || (phase == Phase.ON_FAILURE && verdict == RunState.FAILED)
                || (phase == Phase.ON_SUCCESS && (verdict == RunState.SUCCEEDED || verdict == RunState.WARNED));
    }

    private enum Answer {
        YES,
        NO,
        FAILS
    }

    private Answer bool(Expression expression) {
        try {
            return expression.evaluate(scope()).asBoolean(false) ? Answer.YES : Answer.NO;
        } catch (ExpressionException e) {
            return Answer.FAILS;
        }
    }

    private static Scope scope() {
        return new Scope(
                Map.of(),
                Map.of(),
                Play.header().facts(),
                Scope.Upstreams.NONE,
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    private Stream<Step> steps(boolean main) {
        return workflow.steps().stream().filter(step -> (step.phase() == Phase.MAIN) == main);
    }

    private boolean isFailure(Step step) {
        var at = state(whole(step));
        return step.phase() == Phase.MAIN && (at == StepState.FAILED || at == StepState.TIMED_OUT);
    }

    private boolean isFinal(Step step) {
        return state(whole(step)).isFinal();
    }

    private StepState state(StepKey key) {
        return Objects.requireNonNull(states.get(key));
    }

    private long count(Step step, StepState wanted) {
        return parts(step).stream().filter(key -> state(key) == wanted).count();
    }

    private StepKey whole(Step step) {
        return new StepKey(run, step.ordinal(), StepKey.WHOLE);
    }

    private Step step(StepKey key) {
        return workflow.steps().get(key.step());
    }
}
