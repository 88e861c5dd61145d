package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import java.util.Set;

/**
 * The twelve joins over counts of final upstreams, so that asking costs the same however many upstreams there are.
 *
 * <p>Each upstream is <em>ok</em> (succeeded, warned), <em>bad</em> (failed, timed-out, upstream-failed, cancelled) or
 * <em>skipped</em>; under a per-edge condition it is ok when its state is listed and skipped otherwise. A step without
 * needs starts whatever its rule, since there is nothing to ask.
 *
 * <p>Rules differ in three ways only: whether a bad upstream defeats them for good, what they need to hold, and whether
 * they wait for all upstreams or fire at the first that fits. Defeated otherwise, they wait for all, so the outcome does
 * not depend on the order in which upstreams end.
 */
@SuppressWarnings("EnumOrdinal") // bits in the memory of this process, never stored
final class JoinRule {
    /** What an ended upstream counts as. */
    enum Standing {
        OK,
        BAD,
        SKIPPED
    }

    /** What a rule says about the upstreams known so far. */
    enum Outcome {
        HOLDS,
        WAITS,
        UPSTREAM_FAILED,
        SKIPPED
    }

    private JoinRule() {}

    /** The conditions of an edge as bits, one for each {@link EdgeState}; 0 means that the edge has none. */
    static byte mask(Set<EdgeState> on) {
        var mask = 0;
        for (var state : on) {
            mask |= 1 << state.ordinal();
        }
        return (byte) mask;
    }

    /** Whether the conditions of an edge list the state. */
    static boolean names(byte mask, EdgeState state) {
        return (mask & (1 << state.ordinal())) != 0;
    }

    /** What an upstream that ended in the given state counts as, over an edge with the given conditions. */
    static Standing standing(StepState state, byte mask) {
        if (mask != 0) {
            return names(mask, edgeState(state)) ? Standing.OK : Standing.SKIPPED;
        }
        return switch (edgeState(state)) {
            case SUCCEEDED -> Standing.OK;
            case FAILED, UPSTREAM_FAILED, CANCELLED -> Standing.BAD;
            case SKIPPED -> Standing.SKIPPED;
        };
    }

    private static EdgeState edgeState(StepState state) {
        return switch (state) {
            case SUCCEEDED, WARNED -> EdgeState.SUCCEEDED;
            case FAILED, TIMED_OUT -> EdgeState.FAILED;
            case SKIPPED -> EdgeState.SKIPPED;
            case UPSTREAM_FAILED -> EdgeState.UPSTREAM_FAILED;
            case CANCELLED -> EdgeState.CANCELLED;
            case PENDING, BLOCKED, QUEUED, RUNNING, WAITING ->
                throw new IllegalArgumentException("an upstream that is " + state.text() + " has not ended");
        };
    }

    /** What the rule says when of {@code total} upstreams so many are ok, bad and skipped, and the rest not final. */
    static Outcome ask(Step.Join rule, int ok, int bad, int skipped, int total) {
        if (total == 0 || rule == Step.Join.ALWAYS) {
            return Outcome.HOLDS;
        }
        var all = ok + bad + skipped == total;
        return switch (rule) {
            case ALL_SUCCEEDED -> bad > 0 ? Outcome.UPSTREAM_FAILED : whenAll(all, ok == total, false);
            case ALL_SKIPPED -> bad > 0 ? Outcome.UPSTREAM_FAILED : whenAll(all, skipped == total, false);
            case NONE_FAILED -> bad > 0 ? Outcome.UPSTREAM_FAILED : whenAll(all, true, false);
            case NONE_FAILED_ANY_SUCCEEDED -> bad > 0 ? Outcome.UPSTREAM_FAILED : whenAll(all, ok > 0, false);
            case ALL_DONE, ALWAYS -> whenAll(all, true, false);
            case ALL_FAILED -> whenAll(all, bad == total, false);
            case ANY_SUCCEEDED -> ok > 0 ? Outcome.HOLDS : whenAll(all, false, bad > 0);
            case ANY_FAILED -> bad > 0 ? Outcome.HOLDS : whenAll(all, false, false);
            case ANY_DONE -> ok + bad + skipped > 0 ? Outcome.HOLDS : Outcome.WAITS;
            case NONE_SKIPPED -> whenAll(all, skipped == 0, bad > 0);
            case ALL_DONE_ANY_SUCCEEDED -> whenAll(all, ok > 0, bad > 0);
        };
    }

    private static Outcome whenAll(boolean all, boolean holds, boolean blameUpstream) {
        if (!all) {
            return Outcome.WAITS;
        }
        if (holds) {
            return Outcome.HOLDS;
        }
        return blameUpstream ? Outcome.UPSTREAM_FAILED : Outcome.SKIPPED;
    }

    /**
     * Whether an upstream of this standing is one the rule asks for, so that a failure that counts so helps the join to
     * hold. Decides which steps outlive a failure under {@code finish-running} and {@code fail-fast}.
     */
    static boolean welcomes(Step.Join rule, Standing standing) {
        return switch (rule) {
            case ALL_DONE, ANY_DONE, ALL_DONE_ANY_SUCCEEDED, ALWAYS -> true;
            case ALL_SUCCEEDED, ANY_SUCCEEDED -> standing == Standing.OK;
            case ALL_FAILED, ANY_FAILED -> standing == Standing.BAD;
            case ALL_SKIPPED -> standing == Standing.SKIPPED;
            case NONE_FAILED, NONE_FAILED_ANY_SUCCEEDED -> standing != Standing.BAD;
            case NONE_SKIPPED -> standing != Standing.SKIPPED;
        };
    }
}
