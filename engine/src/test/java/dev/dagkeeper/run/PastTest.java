package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PastTest {
    private static final RunId BEFORE = new RunId(new UUID(0x0192_0000_0000_7000L, 1));
    private static final Instant FIRE = Instant.parse("2026-03-01T02:30:00Z");

    private static Optional<String> objection(Optional<StepState> state) {
        return Past.objection("load", Optional.of(new Past.Step(BEFORE, FIRE, state)));
    }

    @Test
    void only_success_lets_a_step_start() {
        assertThat(Arrays.stream(StepState.values())
                        .filter(state -> objection(Optional.of(state)).isEmpty()))
                .containsExactly(StepState.SUCCEEDED, StepState.WARNED);
    }

    @Test
    void without_a_run_before_or_a_step_in_it_there_is_nothing_to_wait_for() {
        assertThat(Past.objection("load", Optional.empty())).isEmpty();
        assertThat(objection(Optional.empty())).isEmpty();
    }

    @Test
    void the_objection_names_the_run_its_fire_and_the_state() {
        assertThat(objection(Optional.of(StepState.FAILED)))
                .hasValue("depends-on-past: step load of run " + BEFORE
                        + " (fire 2026-03-01T02:30:00Z) is failed and must have succeeded");
        assertThat(objection(Optional.of(StepState.RUNNING)).orElseThrow())
                .endsWith("is running, waits for its success");
    }

    @Test
    void hearing_of_the_past_changes_only_the_reason_of_what_is_blocked() {
        var play = Play.started(new WorkflowBuilder().step("a").step("b", s -> s.needs("a")));
        play.send(new Event.PastHeard(0, Optional.of("depends-on-past: no")));
        assertThat(play.run.state(play.key("a"))).isEqualTo(StepState.BLOCKED);
        assertThat(play.run.reason(play.key("a"))).isEqualTo("depends-on-past: no");
        assertThat(play.send(new Event.PastHeard(1, Optional.of("depends-on-past: no")))
                        .changes())
                .isEqualTo(List.of());
        play.send(new Event.PastHeard(0, Optional.empty()));
        assertThat(play.run.reason(play.key("a"))).isEqualTo("waits for a free slot on queue default");
    }
}
