package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fires whose runs wait for places, and steps that wait for those of the fire before. */
@Timeout(180)
class FireOverlapIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private static final TriggerName TICK = new TriggerName("default", "tick", "t");

    private TestCluster cluster;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    private static ConditionFactory soon() {
        return await().atMost(Promised.EVENTUALLY).pollInterval(Duration.ofMillis(20));
    }

    /** Waits until the trigger has fired so often, and pauses it. */
    private List<FireView> fires(int count) {
        soon().until(() -> cluster.fires("tick", "t").size() >= count);
        cluster.database().schedules().pause(TICK, "ada");
        cluster.ringTriggers();
        return cluster.fires("tick", "t");
    }

    private FireView awaitFire(int place, Predicate<FireView> condition) {
        return soon().until(() -> cluster.fires("tick", "t").get(place), condition);
    }

    private static RunId run(FireView fire) {
        return fire.run().orElseThrow();
    }

    @Test
    void a_queued_fire_is_started_when_there_is_a_place_skipped_when_cancelled_and_missed_when_it_is_too_late()
            throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy(
                "tick",
                "t: {every: 1s, start-deadline: 6s}\n",
                "stands: {uses: gate}\n",
                "concurrency: {max: 1, on-conflict: queue}\n");
        var fires = fires(3);
        assertThat(awaitFire(0, fire -> fire.outcome() != FireOutcome.QUEUED).outcome())
                .isEqualTo(FireOutcome.STARTED);
        cluster.command(run(fires.get(1)), "cancel");
        var cancelled = awaitFire(1, fire -> fire.outcome() != FireOutcome.QUEUED);
        assertThat(cancelled.outcome()).isEqualTo(FireOutcome.SKIPPED);
        assertThat(cancelled.reason()).isEqualTo("cancelled by test");
        var late = awaitFire(2, fire -> fire.outcome() != FireOutcome.QUEUED);
        assertThat(late.outcome()).isEqualTo(FireOutcome.MISSED);
        assertThat(late.reason()).isEqualTo("start-deadline: not started within 6s of its fire");
        assertThat(cluster.awaitEnd(run(late)).state()).isEqualTo(RunState.SKIPPED);
        var before = cluster.fires("tick", "t").size();
        cluster.database().schedules().resume(TICK, "ada");
        cluster.ringTriggers();
        soon().until(() -> cluster.fires("tick", "t").getLast().outcome() == FireOutcome.QUEUED);
        cluster.script().open(run(fires.getFirst()), "stands", 1);
        soon().until(() -> cluster.fires("tick", "t").stream()
                .skip(before)
                .anyMatch(fire -> fire.outcome() == FireOutcome.STARTED));
    }

    @Test
    void a_step_waits_for_the_success_of_the_same_step_of_the_fire_before_whoever_leads() throws Exception {
        var leader = cluster.master("m1");
        cluster.worker("w1", 8);
        cluster.deploy("tick", "t: {every: 1s}\n", "free: {uses: noop}\nload: {uses: gate, depends-on-past: true}\n");
        var fires = fires(3);
        var first = run(fires.get(0));
        var second = run(fires.get(1));
        var third = run(fires.get(2));
        cluster.awaitStart(first, "load", 1);
        awaitReason(second, "step load of run " + first, "is running, waits for its success");
        assertThat(cluster.awaitStep(third, "free", StepState.SUCCEEDED).reason())
                .isEmpty();
        cluster.command(first, "cancel");
        awaitReason(second, "step load of run " + first, "is cancelled and must have succeeded");
        awaitReason(third, "step load of run " + second, "is blocked, waits for its success");
        var again = again(first);
        cluster.script().open(again, "load", 1);
        assertThat(cluster.awaitEnd(again).state()).isEqualTo(RunState.SUCCEEDED);
        cluster.awaitStart(second, "load", 1);
        assertThat(cluster.step(third, "load").state()).isEqualTo(StepState.BLOCKED);
        leader.die();
        cluster.master("m2");
        cluster.script().open(second, "load", 1);
        assertThat(cluster.awaitEnd(second).state()).isEqualTo(RunState.SUCCEEDED);
        cluster.awaitStart(third, "load", 1);
        assertThat(cluster.script().starts(second, "load")).hasSize(1);
    }

    private void awaitReason(RunId run, String begin, String end) {
        cluster.awaitStep(
                run,
                "load",
                step -> step.state() == StepState.BLOCKED
                        && step.reason().startsWith("depends-on-past: " + begin)
                        && step.reason().endsWith(end));
    }

    /** Another run for the same fire. */
    private RunId again(RunId run) {
        var header = cluster.database().runs().find(run).orElseThrow().header();
        var id = new RunIds(InstantSource.system()).next();
        var facts = header.facts();
        var other = NewRun.of(
                        cluster.workflow(run),
                        id,
                        header.revisionId(),
                        new RunFacts(
                                id.toString(),
                                facts.workflow(),
                                facts.revision(),
                                facts.time(),
                                facts.intervalStart(),
                                facts.intervalEnd(),
                                "backfill:1"),
                        Map.of(),
                        cluster.database().leader().now())
                .of(header.series());
        assertThat(cluster.database().runs().create(other)).isInstanceOf(NewRun.Outcome.Created.class);
        new Bells(cluster.zooKeeper()).ring(Bells.RUNS);
        return id;
    }
}
