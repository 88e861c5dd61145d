package dev.dagkeeper.run;

import java.time.Instant;
import java.util.Optional;

/** What {@code depends-on-past} asks: whether the same step of the run of the fire before has succeeded. Stateless and pure. */
public final class Past {
    private Past() {}

    /**
     * A step of a run, asked about by the same step of the run of a later fire.
     *
     * @param fire the instant of its run's fire
     * @param state empty when that run has no such step
     */
    public record Step(RunId run, Instant fire, Optional<StepState> state) {}

    /**
     * In words, why a step must not start; empty when it may.
     *
     * @param name the step's display name
     * @param before of the newest run of the fire before; empty when there is no fire before that has a run
     */
    public static Optional<String> objection(String name, Optional<Step> before) {
        return before.flatMap(past -> past.state()
                .filter(state -> state != StepState.SUCCEEDED && state != StepState.WARNED)
                .map(state -> Reasons.PAST + "step " + name + " of run " + past.run() + " (fire " + past.fire()
                        + ") is " + state.text()
                        + (state.isFinal() ? " and must have succeeded" : ", waits for its success")));
    }
}
