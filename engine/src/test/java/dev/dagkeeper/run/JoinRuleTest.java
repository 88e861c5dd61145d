package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.ReferenceJoin.Ended;
import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Join;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinRuleTest {
    @Test
    void every_rule_agrees_with_trial_over_every_mix_of_up_to_five_upstreams() {
        for (var rule : Join.values()) {
            for (var total = 0; total <= 5; total++) {
                for (var ok = 0; ok <= total; ok++) {
                    for (var bad = 0; ok + bad <= total; bad++) {
                        for (var skipped = 0; ok + bad + skipped <= total; skipped++) {
                            assertThat(outcome(JoinRule.ask(rule, ok, bad, skipped, total)))
                                    .as("%s of %d: %d ok, %d bad, %d skipped", rule, total, ok, bad, skipped)
                                    .isEqualTo(ReferenceJoin.ask(rule, upstreams(ok, bad, skipped, total)));
                        }
                    }
                }
            }
        }
    }

    private static StepState outcome(JoinRule.Outcome outcome) {
        return switch (outcome) {
            case HOLDS -> StepState.BLOCKED;
            case WAITS -> StepState.PENDING;
            case UPSTREAM_FAILED -> StepState.UPSTREAM_FAILED;
            case SKIPPED -> StepState.SKIPPED;
        };
    }

    private static List<@Nullable Ended> upstreams(int ok, int bad, int skipped, int total) {
        var ends = new ArrayList<@Nullable Ended>();
        ends.addAll(Collections.nCopies(ok, Ended.OK));
        ends.addAll(Collections.nCopies(bad, Ended.BAD));
        ends.addAll(Collections.nCopies(skipped, Ended.SKIPPED));
        while (ends.size() < total) {
            ends.add(null);
        }
        return ends;
    }

    @Test
    void listed_states_count_as_ok_and_all_others_as_skipped() {
        var failed = JoinRule.mask(Set.of(EdgeState.FAILED));
        assertThat(JoinRule.standing(StepState.FAILED, failed)).isEqualTo(JoinRule.Standing.OK);
        assertThat(JoinRule.standing(StepState.TIMED_OUT, failed)).isEqualTo(JoinRule.Standing.OK);
        assertThat(JoinRule.standing(StepState.SUCCEEDED, failed)).isEqualTo(JoinRule.Standing.SKIPPED);
        assertThat(JoinRule.standing(StepState.UPSTREAM_FAILED, failed)).isEqualTo(JoinRule.Standing.SKIPPED);
        var succeeded = JoinRule.mask(Set.of(EdgeState.SUCCEEDED));
        assertThat(JoinRule.standing(StepState.WARNED, succeeded)).isEqualTo(JoinRule.Standing.OK);
    }

    @Test
    void without_a_condition_the_class_of_the_state_counts() {
        var none = JoinRule.mask(Set.of());
        assertThat(JoinRule.standing(StepState.WARNED, none)).isEqualTo(JoinRule.Standing.OK);
        assertThat(JoinRule.standing(StepState.SKIPPED, none)).isEqualTo(JoinRule.Standing.SKIPPED);
        for (var bad : List.of(StepState.FAILED, StepState.TIMED_OUT, StepState.UPSTREAM_FAILED, StepState.CANCELLED)) {
            assertThat(JoinRule.standing(bad, none)).isEqualTo(JoinRule.Standing.BAD);
        }
    }
}
