package dev.dagkeeper.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.InspectionStore.GroupedRun;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.WorkflowBuilder;
import dev.dagkeeper.workflow.Concurrency;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupChecksTest {
    private static final Instant T0 = Instant.parse("2026-03-01T00:00:00Z");

    private final Findings findings = new Findings(20);

    private static GroupedRun run(int second, String namespace, long revision) {
        return new GroupedRun(
                new RunId(new UUID(0, second)), revision, new GroupName(namespace, "g"), T0.plusSeconds(second));
    }

    /** Revision 1 lets two run at once, revision 2 as many as come. */
    private static Optional<Workflow> workflow(long revision) {
        var rule = new Concurrency(Optional.empty(), 2, revision == 1 ? OnConflict.SKIP : OnConflict.ALLOW);
        return Optional.of(new WorkflowBuilder().concurrency(rule).step("a").build());
    }

    private void check(GroupedRun... runs) {
        GroupChecks.check(List.of(runs), GroupChecksTest::workflow, findings);
    }

    @Test
    void as_many_as_are_allowed_are_no_finding() {
        check(run(1, "default", 1), run(2, "default", 1), run(3, "lab", 1));
        assertThat(findings.all()).isEmpty();
        assertThat(findings.examined(Check.GROUP)).isEqualTo(3);
    }

    @Test
    void a_run_beyond_its_own_maximum_is_named() {
        check(run(1, "default", 1), run(2, "default", 2), run(3, "default", 1));
        assertThat(findings.all()).singleElement().satisfies(violation -> {
            assertThat(violation.check()).isEqualTo(Check.GROUP);
            assertThat(violation.toString()).contains("fewer than 2", "2 were when it started at 2026-03-01T00:00:03Z");
        });
    }

    @Test
    void who_may_start_whatever_runs_does() {
        check(run(1, "default", 1), run(2, "default", 1), run(3, "default", 2), run(4, "default", 2));
        assertThat(findings.all()).isEmpty();
    }
}
