package dev.dagkeeper.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.InspectionStore.Given;
import dev.dagkeeper.history.InspectionStore.GivenStep;
import dev.dagkeeper.history.SettingsStore.SettingsVersion;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Compiling;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

class PoolChecksTest {
    private static final Instant SET = Instant.parse("2026-11-25T10:00:00Z");
    private static final Workflow WORKFLOW = Compiling.accepted("""
            version: 1
            name: pooled
            steps:
              one: {uses: noop, pools: {db: 1}}
              two: {uses: noop, pools: {db: 2, licence: 1}}
              free: {uses: noop}
            """);

    private final List<GivenStep> steps = new ArrayList<>();

    @Test
    void a_full_pool_violates_nothing() {
        given(0, 300);
        given(1, 300);
        given(2, 300);
        assertThat(violations(Map.of("db", 3, "licence", 1))).isEmpty();
    }

    @Test
    void a_step_that_got_slots_when_none_was_free_is_named_with_its_pool() {
        given(0, 100);
        given(1, 200);
        assertThat(violations(Map.of("db", 2, "licence", 1)))
                .containsExactly(Violation.ofCluster(
                        Check.POOL,
                        "at most 2 slots of pool 'db' to be given out, as is set since 2026-11-25T10:00:00Z",
                        "3 are held by 2 steps, the last since 2026-11-25T10:03:20Z"));
        assertThat(violations(Map.of("db", 3))).extracting(Violation::check).containsExactly(Check.POOL);
    }

    @Test
    void what_was_held_when_the_slots_became_fewer_may_stay_held_but_nothing_comes_to_it() {
        given(0, -100);
        given(1, -50);
        assertThat(violations(Map.of("db", 1))).isEmpty();
        // By a leader that had not heard of it yet.
        given(0, 20);
        assertThat(violations(Map.of("db", 1))).isEmpty();
        given(0, 100);
        assertThat(violations(Map.of("db", 1))).hasSize(1);
    }

    @Test
    void a_workflow_without_pools_is_of_no_concern() {
        assertThat(PoolChecks.concerns(WORKFLOW)).isTrue();
        assertThat(PoolChecks.concerns(Compiling.accepted("""
                version: 1
                name: plain
                steps:
                  free: {uses: noop}
                """))).isFalse();
    }

    private void given(int step, int seconds) {
        var run = RunId.parse("01890000-0000-7000-8000-%012d".formatted(steps.size()));
        steps.add(
                new GivenStep(new StepKey(run, step, StepKey.WHOLE), "step", 1, Optional.of(SET.plusSeconds(seconds))));
    }

    private List<Violation> violations(Map<String, Integer> slots) {
        var document = new TreeMap<String, JsonNode>();
        slots.forEach((pool, number) -> document.put("pools." + pool, new IntNode(number)));
        var findings = new Findings(20);
        var version = new SettingsVersion(2, document, SET, "ops", "");
        PoolChecks.check(new Given(version, steps), _ -> Optional.of(WORKFLOW), findings);
        return findings.all();
    }
}
