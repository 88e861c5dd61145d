package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.BackfillStore.BackfillView;
import dev.dagkeeper.history.BackfillStore.NewBackfill;
import dev.dagkeeper.history.BackfillStore.Outcome;
import dev.dagkeeper.history.BackfillStore.State;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.Backfill.Direction;
import dev.dagkeeper.schedule.Backfill.Reprocess;
import dev.dagkeeper.schedule.ScheduleJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.node.JsonNodeFactory;

/** Backfills start what they are to start, and no more at once than they may. */
@Timeout(180)
class BackfillIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");

    /** Does not fire by itself while the tests run. */
    private static final String TRIGGER = "t: {every: 1h, from: 2090-01-01, inputs: {n: 1, m: 2}}\n";

    private static final String INPUTS = "inputs: {n: {type: int, default: 0}, m: {type: int, default: 0}}\n";
    private static final String NOOP = "a: {uses: noop}\n";
    private static final String GATE = "a: {uses: gate}\n";
    private static final String FAILING = "a: {uses: flaky, with: {failures: 9}}\n";

    private TestCluster cluster;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    private static Instant hour(int hour) {
        return FROM.plusSeconds(3600L * hour);
    }

    private long create(int hours, Reprocess reprocess, int maxActive, Direction direction) {
        var trigger = cluster.trigger("fill", "t");
        var plan = Backfill.of(ScheduleJson.read(trigger.schedule()), FROM, hour(hours), direction);
        var outcome = cluster.database()
                .backfills()
                .create(new NewBackfill(
                        new TriggerName("default", "fill", "t"),
                        trigger.revision(),
                        ScheduleJson.write(plan.schedule()),
                        FROM,
                        hour(hours),
                        (int) plan.count(),
                        reprocess,
                        maxActive,
                        direction,
                        Map.of("n", JsonNodeFactory.instance.numberNode(7)),
                        -10,
                        "ada",
                        Optional.empty()));
        cluster.ringTriggers();
        return ((Outcome.Created) outcome).id();
    }

    private BackfillView await(long id, Predicate<BackfillView> condition) {
        return org.awaitility.Awaitility.await("backfill " + id)
                .atMost(Promised.EVENTUALLY)
                .pollInterval(Duration.ofMillis(30))
                .until(() -> cluster.database().backfills().find(id).orElseThrow(), condition);
    }

    private List<FireView> fires(long id) {
        return cluster.fires("fill", Backfill.trigger(id));
    }

    private List<Instant> filled(int hours, Reprocess reprocess) {
        var id = create(hours, reprocess, 3, Direction.OLDEST_FIRST);
        await(id, view -> view.state() == State.FINISHED);
        return fires(id).stream().map(FireView::fire).toList();
    }

    @Test
    void each_fire_of_the_range_gets_a_run_one_after_another() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy("fill", TRIGGER, NOOP, INPUTS);

        var id = create(4, Reprocess.MISSING, 1, Direction.NEWEST_FIRST);

        var view = await(id, seen -> seen.state() == State.FINISHED);
        assertThat(view.started()).containsExactly(Map.entry("succeeded", 4));
        assertThat(view.cursor()).contains(hour(0));
        assertThat(view.endedAt()).isPresent();
        var runs = fires(id).stream()
                .map(fire -> cluster.awaitEnd(fire.run().orElseThrow()))
                .toList();
        assertThat(runs)
                .extracting(run -> run.header().facts().time())
                .containsExactly(hour(0), hour(1), hour(2), hour(3));
        assertThat(runs).allSatisfy(run -> {
            var facts = run.header().facts();
            assertThat(facts.trigger()).isEqualTo(Backfill.trigger(id));
            assertThat(facts.intervalStart()).isEqualTo(facts.time().minusSeconds(3600));
            assertThat(facts.intervalEnd()).isEqualTo(facts.time());
            assertThat(run.header().series()).isEqualTo("t");
            assertThat(run.header().priority()).isEqualTo(-10);
            assertThat(run.header().inputs())
                    .hasEntrySatisfying(
                            "n", value -> assertThat(value.intValue()).isEqualTo(7))
                    .hasEntrySatisfying(
                            "m", value -> assertThat(value.intValue()).isEqualTo(2));
        });
        for (int i = 1; i < runs.size(); i++) {
            assertThat(runs.get(i - 1).startedAt().orElseThrow())
                    .as("newest first, and only when the one before has ended")
                    .isAfterOrEqualTo(runs.get(i).endedAt().orElseThrow());
        }
    }

    @Test
    void another_leader_goes_on_and_no_more_than_allowed_are_active_until_it_is_cancelled() throws Exception {
        var first = cluster.master("m1");
        cluster.worker("w1", 8);
        cluster.deploy("fill", TRIGGER, GATE, INPUTS);
        var id = create(100, Reprocess.MISSING, 2, Direction.OLDEST_FIRST);
        await(id, _ -> fires(id).size() == 2);
        var oldest = fires(id).getFirst().run().orElseThrow();
        cluster.awaitStart(oldest, "a", 1);

        cluster.master("m2");
        first.die();
        cluster.script().open(oldest, "a", 1);

        await(id, _ -> fires(id).size() == 3);
        assertThat(active(id)).hasSize(2);
        cluster.database().backfills().pause(id, "bob");
        cluster.ringTriggers();
        var second = fires(id).get(1).run().orElseThrow();
        cluster.awaitStart(second, "a", 1);
        cluster.script().open(second, "a", 1);
        cluster.awaitEnd(second);
        assertThat(await(id, _ -> active(id).size() == 1).state()).isEqualTo(State.PAUSED);
        cluster.database().backfills().resume(id, "bob");
        cluster.ringTriggers();
        await(id, _ -> fires(id).size() == 4);

        assertThat(cluster.database()
                        .backfills()
                        .cancel(id, "eve")
                        .orElseThrow()
                        .state())
                .isEqualTo(State.CANCELLING);
        cluster.ringTriggers();
        var view = await(id, seen -> seen.state() == State.CANCELLED);

        assertThat(view.started()).containsExactly(Map.entry("cancelled", 2), Map.entry("succeeded", 2));
        assertThat(fires(id)).extracting(FireView::fire).containsExactly(hour(0), hour(1), hour(2), hour(3));
    }

    private List<RunId> active(long id) {
        return fires(id).stream()
                .flatMap(fire -> fire.run().stream())
                .filter(run -> !cluster.database()
                        .runs()
                        .find(run)
                        .orElseThrow()
                        .state()
                        .isFinal())
                .toList();
    }

    @Test
    void what_has_a_run_is_passed_over_as_the_mode_says() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy("fill", TRIGGER, NOOP, INPUTS);
        assertThat(filled(1, Reprocess.MISSING)).containsExactly(hour(0));
        cluster.deploy("fill", TRIGGER, FAILING, INPUTS);
        assertThat(filled(2, Reprocess.MISSING)).containsExactly(hour(1));
        cluster.deploy("fill", TRIGGER, NOOP, INPUTS);

        assertThat(filled(3, Reprocess.MISSING)).as("has no run").containsExactly(hour(2));
        assertThat(filled(3, Reprocess.FAILED)).as("has failed").containsExactly(hour(1));
        assertThat(filled(3, Reprocess.FAILED)).as("all have succeeded").isEmpty();
        assertThat(filled(3, Reprocess.ALL)).containsExactly(hour(0), hour(1), hour(2));
        assertThat(cluster.database().backfills().fireRuns(new TriggerName("default", "fill", "t"), FROM, hour(9)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        hour(0), Backfill.Before.SUCCEEDED,
                        hour(1), Backfill.Before.SUCCEEDED,
                        hour(2), Backfill.Before.SUCCEEDED));
    }

    @Test
    void runs_that_wait_for_a_place_in_their_group_count_as_active() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 8);
        cluster.deploy("fill", TRIGGER, GATE, INPUTS, "concurrency: {group: g, max: 1, on-conflict: queue}\n");

        var id = create(100, Reprocess.MISSING, 3, Direction.OLDEST_FIRST);
        await(id, view -> view.started().equals(Map.of("running", 1, "queued", 2)));
        var oldest = fires(id).getFirst().run().orElseThrow();
        cluster.awaitStart(oldest, "a", 1);
        cluster.script().open(oldest, "a", 1);

        await(id, view -> view.started().equals(Map.of("succeeded", 1, "running", 1, "queued", 2)));
        cluster.database().backfills().cancel(id, "eve");
        cluster.ringTriggers();
        assertThat(await(id, view -> view.state() == State.CANCELLED).started())
                .containsExactly(Map.entry("cancelled", 3), Map.entry("succeeded", 1));
        assertThat(cluster.database().runs().find(oldest).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
    }
}
