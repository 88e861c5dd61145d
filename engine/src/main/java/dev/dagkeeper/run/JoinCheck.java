package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Step;
import java.util.Optional;
import java.util.function.IntFunction;

/** The rule by which a step's start is decided, for those who check afterwards that it was kept. */
public final class JoinCheck {
    private JoinCheck() {}

    /**
     * Whether the step's join holds.
     *
     * @param ended the final state of a step by its ordinal; absent while it is not final
     */
    public static boolean holds(Step step, IntFunction<Optional<StepState>> ended) {
        int ok = 0;
        int bad = 0;
        int skipped = 0;
        for (var need : step.needs()) {
            var state = ended.apply(need.step());
            if (state.isPresent()) {
                switch (JoinRule.standing(state.get(), JoinRule.mask(need.on()))) {
                    case OK -> ok++;
                    case BAD -> bad++;
                    case SKIPPED -> skipped++;
                }
            }
        }
        return JoinRule.ask(step.join(), ok, bad, skipped, step.needs().size()) == JoinRule.Outcome.HOLDS;
    }
}
