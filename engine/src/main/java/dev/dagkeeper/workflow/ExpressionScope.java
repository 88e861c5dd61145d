package dev.dagkeeper.workflow;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What an expression at one place can see.
 *
 * @param roots the names at its top
 * @param loop a loop variable
 * @param reader whose ancestors {@code steps} holds
 */
record ExpressionScope(Set<Root> roots, Optional<Loop> loop, Reader reader) {
    /** A name at the top of every expression. */
    enum Root {
        INPUTS,
        ENV,
        RUN,
        STEPS,
        STEP,
        ERROR;

        String word() {
            return Words.kebab(this);
        }
    }

    /**
     * A variable that stands for one item.
     *
     * @param list the expression that gives the items; its type tells the variable's
     */
    record Loop(String name, Optional<Expression> list) {}

    /** Who reads the outputs of steps, which decides what may be missing. */
    sealed interface Reader {
        /** Nobody: no step is in scope. */
        record Nobody() implements Reader {}

        /** A step. */
        record OneStep(int ordinal) implements Reader {}

        /** The run, when its main steps are over and it ended succeeded or warned. */
        record WholeRun() implements Reader {}
    }

    /** Defaults of inputs, groups: facts of the run alone. */
    static ExpressionScope run() {
        return of(EnumSet.of(Root.RUN), new Reader.Nobody());
    }

    /** The same with the inputs: the workflow's environment. */
    static ExpressionScope inputs() {
        return of(EnumSet.of(Root.RUN, Root.INPUTS), new Reader.Nobody());
    }

    /** Outputs of the run. */
    static ExpressionScope outputs() {
        return of(EnumSet.of(Root.RUN, Root.INPUTS, Root.ENV, Root.STEPS), new Reader.WholeRun());
    }

    /** Conditions that the leader asks, before there is an attempt. */
    static ExpressionScope condition(int step) {
        return of(EnumSet.of(Root.RUN, Root.INPUTS, Root.ENV, Root.STEPS), new Reader.OneStep(step));
    }

    /** Values of an attempt. */
    static ExpressionScope attempt(int step, Optional<Loop> loop) {
        return new ExpressionScope(
                EnumSet.of(Root.RUN, Root.INPUTS, Root.ENV, Root.STEPS, Root.STEP), loop, new Reader.OneStep(step));
    }

    /** {@code retry.when}. */
    static ExpressionScope retry(int step, Optional<Loop> loop) {
        return new ExpressionScope(EnumSet.allOf(Root.class), loop, new Reader.OneStep(step));
    }

    private static ExpressionScope of(Set<Root> roots, Reader reader) {
        return new ExpressionScope(roots, Optional.empty(), reader);
    }
}
