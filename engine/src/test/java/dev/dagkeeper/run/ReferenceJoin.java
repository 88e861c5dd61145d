package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Joins as the language's page words them, by trial: a rule is a predicate over how all upstreams ended, and what it
 * says early is found by trying every way in which the open ones could end.
 */
final class ReferenceJoin {
    /** What the page calls ok, bad and skipped. */
    enum Ended {
        OK,
        BAD,
        SKIPPED
    }

    private ReferenceJoin() {}

    /** What an upstream that ended so counts as. */
    static Ended counts(Step.Need need, StepState state) {
        var end = switch (state) {
            case SUCCEEDED, WARNED -> EdgeState.SUCCEEDED;
            case FAILED, TIMED_OUT -> EdgeState.FAILED;
            case SKIPPED -> EdgeState.SKIPPED;
            case UPSTREAM_FAILED -> EdgeState.UPSTREAM_FAILED;
            case CANCELLED -> EdgeState.CANCELLED;
            case PENDING, BLOCKED, QUEUED, RUNNING, WAITING -> throw new IllegalStateException();
        };
        if (!need.on().isEmpty()) {
            return need.on().contains(end) ? Ended.OK : Ended.SKIPPED;
        }
        return end == EdgeState.SUCCEEDED ? Ended.OK : end == EdgeState.SKIPPED ? Ended.SKIPPED : Ended.BAD;
    }

    /**
     * What becomes of the step.
     *
     * @param upstreams null where not final
     * @return pending when it has to wait, blocked when the join holds, else how the step ends
     */
    static StepState ask(Step.Join rule, List<@Nullable Ended> upstreams) {
        if (upstreams.isEmpty() || rule == Step.Join.ALWAYS || firesEarly(rule, upstreams)) {
            return StepState.BLOCKED;
        }
        var onlyBad = upstreams.stream().map(u -> u == Ended.BAD ? u : null).toList();
        if (onlyBad.contains(Ended.BAD) && !canHold(rule, new ArrayList<@Nullable Ended>(onlyBad))) {
            return StepState.UPSTREAM_FAILED;
        }
        if (upstreams.stream().anyMatch(u -> u == null)) {
            return StepState.PENDING;
        }
        if (holds(rule).test(upstreams)) {
            return StepState.BLOCKED;
        }
        return upstreams.contains(Ended.BAD) && rule != Step.Join.ALL_FAILED
                ? StepState.UPSTREAM_FAILED
                : StepState.SKIPPED;
    }

    private static boolean firesEarly(Step.Join rule, List<@Nullable Ended> upstreams) {
        return (rule == Step.Join.ANY_SUCCEEDED && upstreams.contains(Ended.OK))
                || (rule == Step.Join.ANY_FAILED && upstreams.contains(Ended.BAD))
                || (rule == Step.Join.ANY_DONE && upstreams.stream().anyMatch(u -> u != null));
    }

    /** Whether some end of the open upstreams makes the rule hold. */
    static boolean canHold(Step.Join rule, List<@Nullable Ended> upstreams) {
        var open = upstreams.indexOf(null);
        if (open < 0) {
            return holds(rule).test(upstreams);
        }
        for (var end : Ended.values()) {
            var tried = new ArrayList<@Nullable Ended>(upstreams);
            tried.set(open, end);
            if (canHold(rule, tried)) {
                return true;
            }
        }
        return false;
    }

    private static Predicate<List<@Nullable Ended>> holds(Step.Join rule) {
        return switch (rule) {
            case ALL_SUCCEEDED -> all -> all.stream().allMatch(u -> u == Ended.OK);
            case ALL_DONE, ANY_DONE, ALWAYS -> all -> true;
            case ALL_FAILED -> all -> all.stream().allMatch(u -> u == Ended.BAD);
            case ALL_SKIPPED -> all -> all.stream().allMatch(u -> u == Ended.SKIPPED);
            case ANY_SUCCEEDED, ALL_DONE_ANY_SUCCEEDED -> all -> all.contains(Ended.OK);
            case ANY_FAILED -> all -> all.contains(Ended.BAD);
            case NONE_FAILED -> all -> !all.contains(Ended.BAD);
            case NONE_FAILED_ANY_SUCCEEDED -> all -> !all.contains(Ended.BAD) && all.contains(Ended.OK);
            case NONE_SKIPPED -> all -> !all.contains(Ended.SKIPPED);
        };
    }

    /** Whether the failure, counting so, is something that the rule asks for. */
    static boolean asksFor(Step.Join rule, Ended failure) {
        return switch (rule) {
            case ALL_SUCCEEDED, ANY_SUCCEEDED -> failure == Ended.OK;
            case ALL_FAILED, ANY_FAILED -> failure == Ended.BAD;
            case ALL_SKIPPED -> failure == Ended.SKIPPED;
            case NONE_FAILED, NONE_FAILED_ANY_SUCCEEDED -> failure == Ended.OK || failure == Ended.SKIPPED;
            case NONE_SKIPPED -> failure == Ended.OK || failure == Ended.BAD;
            case ALL_DONE, ANY_DONE, ALL_DONE_ANY_SUCCEEDED, ALWAYS -> true;
        };
    }
}
