package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Step;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every counter of a run, so that no decision has to look at the whole of it: per step how its upstreams ended and how
 * its instances stand, and for the run how many steps are open.
 *
 * <p>An overlay holds only the cells that differ from its base: a decision counts on one and throws it away, then
 * {@link ActiveRun#apply} counts the same changes on the base.
 */
@SuppressWarnings("EnumOrdinal") // places in an array of this process, never stored
final class Tallies {
    /** A counter that each step has. */
    enum Cell {
        /** Ended upstreams by {@link JoinRule.Standing}; these three come first, in its order. */
        OK,
        BAD,
        SKIPPED,
        /** Instances that are not final. */
        OPEN,
        /** Instances that ended failed or timed-out. */
        FAILED,
        /** Instances that ended cancelled. */
        CANCELLED,
        /** Instances that are neither pending nor final. */
        ACTIVE,
        /** The lowest instance that may still be pending. */
        NEXT
    }

    /** A counter of the run. */
    enum Total {
        OPEN_MAIN,
        OPEN_HOOKS,
        /** Main steps that ended failed or timed-out. */
        FAILED_MAIN,
        WARNED_MAIN
    }

    private static final int CELLS = Cell.values().length;
    private static final int TOTALS = Total.values().length;

    private final int[] base;
    private final @Nullable Map<Integer, Integer> overlay;

    private Tallies(int[] base, @Nullable Map<Integer, Integer> overlay) {
        this.base = base;
        this.overlay = overlay;
    }

    /** All zero. */
    static Tallies of(int steps) {
        return new Tallies(new int[TOTALS + steps * CELLS], null);
    }

    /** A view on these tallies whose changes are its own. */
    Tallies overlay() {
        return new Tallies(base, new HashMap<>());
    }

    int get(Total total) {
        return at(total.ordinal());
    }

    int get(int step, Cell cell) {
        return at(TOTALS + step * CELLS + cell.ordinal());
    }

    void add(Total total, int difference) {
        add(total.ordinal(), difference);
    }

    void add(int step, Cell cell, int difference) {
        add(TOTALS + step * CELLS + cell.ordinal(), difference);
    }

    /** Counts a step, or the instance of a foreach, that went from one state to another. */
    void moved(Step step, int index, StepState from, StepState to) {
        if (index == StepKey.WHOLE) {
            if (to.isFinal() && !from.isFinal()) {
                ended(step, to);
            }
            return;
        }
        add(step.ordinal(), Cell.ACTIVE, active(to) - active(from));
        if (from == StepState.PENDING && to != StepState.PENDING && get(step.ordinal(), Cell.NEXT) == index) {
            add(step.ordinal(), Cell.NEXT, 1);
        }
        if (to.isFinal() && !from.isFinal()) {
            add(step.ordinal(), Cell.OPEN, -1);
            if (to == StepState.FAILED || to == StepState.TIMED_OUT) {
                add(step.ordinal(), Cell.FAILED, 1);
            } else if (to == StepState.CANCELLED) {
                add(step.ordinal(), Cell.CANCELLED, 1);
            }
        }
    }

    private void ended(Step step, StepState to) {
        if (step.phase() != Step.Phase.MAIN) {
            add(Total.OPEN_HOOKS, -1);
            return;
        }
        add(Total.OPEN_MAIN, -1);
        if (to == StepState.FAILED || to == StepState.TIMED_OUT) {
            add(Total.FAILED_MAIN, 1);
        } else if (to == StepState.WARNED) {
            add(Total.WARNED_MAIN, 1);
        }
    }

    /** Tells the steps downstream how a step ended. */
    void announce(Edges edges, int step, StepState state) {
        for (var edge = edges.begin(step); edge < edges.end(step); edge++) {
            var standing = JoinRule.standing(state, edges.mask(edge));
            add(TOTALS + edges.target(edge) * CELLS + standing.ordinal(), 1);
        }
    }

    private static int active(StepState state) {
        return state == StepState.PENDING || state.isFinal() ? 0 : 1;
    }

    private int at(int cell) {
        return overlay == null ? base[cell] : overlay.getOrDefault(cell, base[cell]);
    }

    private void add(int cell, int difference) {
        if (overlay == null) {
            base[cell] += difference;
        } else if (difference != 0) {
            overlay.put(cell, at(cell) + difference);
        }
    }
}
