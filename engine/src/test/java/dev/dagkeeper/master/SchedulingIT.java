package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.FireOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.node.JsonNodeFactory;

/** What fires is started, once. */
@Timeout(180)
class SchedulingIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private static final String NOOP = "a: {uses: noop}\n";
    private static final TriggerName TICK = new TriggerName("default", "tick", "t");

    private TestCluster cluster;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    private List<FireView> awaitFires(int count) {
        return await(count + " fires")
                .atMost(Promised.EVENTUALLY)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> cluster.fires("tick", "t"), fires -> fires.size() >= count);
    }

    private static List<FireOutcome> outcomes(List<FireView> fires) {
        return fires.stream().map(FireView::outcome).toList();
    }

    @Test
    void each_fire_gives_a_run_for_its_interval() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy("tick", "t: {every: 1s}\n", NOOP);
        var fires = awaitFires(3);
        assertThat(fires).allSatisfy(fire -> {
            assertThat(fire.outcome()).isEqualTo(FireOutcome.STARTED);
            assertThat(fire.fire()).isEqualTo(fire.fire().truncatedTo(ChronoUnit.SECONDS));
            var run = cluster.awaitEnd(fire.run().orElseThrow());
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            var facts = run.header().facts();
            assertThat(facts.trigger()).isEqualTo("t");
            assertThat(facts.time()).isEqualTo(fire.fire());
            assertThat(facts.intervalStart()).isEqualTo(fire.fire().minusSeconds(1));
            assertThat(facts.intervalEnd()).isEqualTo(fire.fire());
            assertThat(Duration.between(fire.fire(), fire.decidedAt()))
                    .as("an alarm, not the net, said that it was due")
                    .isBetween(Duration.ZERO, Promised.within(Duration.ofSeconds(2)));
        });
        assertConsecutive(fires, Duration.ofSeconds(1));
        assertThat(cluster.trigger("tick", "t").cursor().orElseThrow())
                .isAfterOrEqualTo(fires.getLast().fire());
    }

    static void assertConsecutive(List<FireView> fires, Duration period) {
        for (int i = 1; i < fires.size(); i++) {
            assertThat(fires.get(i).fire()).isEqualTo(fires.get(i - 1).fire().plus(period));
        }
    }

    @Test
    void inputs_of_a_trigger_are_bound_and_what_cannot_be_bound_is_skipped_with_the_reason() throws Exception {
        cluster.master("m1");
        cluster.deploy("tick", """
                t: {every: 1s, inputs: {n: "${{ 1 / (size(run.trigger) - 1) }}"}}
                good: {every: 1s, inputs: {n: "${{ size(run.trigger) }}"}}
                """, NOOP, "inputs: {n: {type: int}}\n");
        var fire = awaitFires(1).getFirst();
        assertThat(fire.outcome()).isEqualTo(FireOutcome.SKIPPED);
        assertThat(fire.reason()).contains("input 'n'");
        assertThat(fire.run()).isEmpty();
        var good = await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.fires("tick", "good"), fires -> !fires.isEmpty());
        var run = cluster.database().runs().find(good.getFirst().run().orElseThrow());
        assertThat(run.orElseThrow().header().inputs())
                .containsExactly(Map.entry("n", JsonNodeFactory.instance.numberNode(4)));
    }

    @Test
    void a_paused_trigger_skips_and_the_first_fire_after_the_resume_is_started() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy("tick", "t: {every: 1s, catchup: {mode: all}}\n", NOOP);
        awaitFires(1);
        // Twice, and quickly.
        cluster.database().schedules().pause(TICK, "ada");
        cluster.database().schedules().resume(TICK, "ada");
        var paused = cluster.database().schedules().pause(TICK, "ada").orElseThrow();
        cluster.ringTriggers();
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
        var resumed = cluster.database().schedules().resume(TICK, "bob").orElseThrow();
        cluster.ringTriggers();
        var after = resumed.resumedAt().orElseThrow();
        var fires = await().atMost(Promised.EVENTUALLY)
                .until(
                        () -> cluster.fires("tick", "t"),
                        seen -> seen.getLast().fire().isAfter(after));
        assertConsecutive(fires, Duration.ofSeconds(1));
        assertThat(fires).allSatisfy(fire -> {
            boolean held = !fire.fire().isBefore(paused.pausedAt().orElseThrow())
                    && fire.fire().isBefore(after);
            assertThat(fire.outcome()).as("%s", fire).isEqualTo(held ? FireOutcome.SKIPPED : FireOutcome.STARTED);
            assertThat(fire.run().isPresent()).isEqualTo(!held);
        });
        assertThat(outcomes(fires)).contains(FireOutcome.SKIPPED);
    }

    @Test
    void a_trigger_pauses_itself_after_failed_runs_in_a_row_until_it_is_resumed() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy("tick", "t: {every: 1s, pause-on-failure: 2}\n", "a: {uses: flaky, with: {failures: 9}}\n");
        var view = await().atMost(Promised.EVENTUALLY)
                .until(
                        () -> cluster.trigger("tick", "t"),
                        trigger -> trigger.suspendedAt().isPresent());
        assertThat(view.suspension()).isEqualTo("paused itself after 2 failed runs in a row");
        assertThat(view.failures()).isGreaterThanOrEqualTo(2);
        assertThat(POSTGRES.texts("SELECT kind || ': ' || subject FROM alert WHERE workflow = 'tick'"))
                .containsExactly("trigger-paused: trigger tick.t paused itself after 2 failed runs in a row");
        var before = cluster.fires("tick", "t").size();
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        cluster.database().schedules().resume(TICK, "ada");
        cluster.ringTriggers();
        var fires = awaitFires(before + 2);
        assertConsecutive(fires, Duration.ofSeconds(1));
        assertThat(fires.get(before).outcome()).isEqualTo(FireOutcome.SKIPPED);
        assertThat(fires.get(before).reason()).isEqualTo("paused itself after 2 failed runs in a row");
        await().atMost(Promised.EVENTUALLY)
                .until(() -> cluster.fires("tick", "t").getLast().outcome() == FireOutcome.STARTED);
    }

    @Test
    void a_run_that_fails_while_nobody_leads_counts_for_its_trigger() throws Exception {
        var fire = cluster.database().now().truncatedTo(ChronoUnit.SECONDS);
        cluster.store(
                "tick",
                "t: {every: 1h, offset: %ds, pause-on-failure: 1}%n".formatted(fire.getEpochSecond() % 3600),
                "a: {uses: gate, timeout: 2s}\n");
        POSTGRES.execute("UPDATE trigger SET since = '%s'".formatted(fire.minusSeconds(60)));
        var leader = cluster.master("m1");
        cluster.worker("w1", 1);
        var run = awaitFires(1).getFirst().run().orElseThrow();
        cluster.awaitStart(run, "a", 1);
        leader.close();
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> POSTGRES.texts("SELECT report FROM step WHERE report IS NOT NULL"),
                        reports -> !reports.isEmpty());
        cluster.master("m2");
        assertThat(cluster.awaitEnd(run).state()).isEqualTo(RunState.FAILED);
        var trigger = cluster.trigger("tick", "t");
        assertThat(trigger.failures()).isEqualTo(1);
        assertThat(trigger.suspension()).isEqualTo("paused itself after a failed run");
    }

    @Test
    void what_is_taken_away_fires_no_more_and_what_comes_again_owes_nothing() throws Exception {
        cluster.master("m1");
        cluster.deploy("tick", "t: {every: 1s, catchup: {mode: all}}\n", NOOP);
        awaitFires(1);
        cluster.undeploy("tick");
        var removed = cluster.trigger("tick", "t").removedAt().orElseThrow();
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
        assertThat(cluster.fires("tick", "t")).allMatch(fire -> fire.fire().isBefore(removed));
        cluster.deploy("tick", "t: {every: 1s, catchup: {mode: all}}\n", NOOP);
        var since = cluster.trigger("tick", "t").since();
        var fires = await().atMost(Promised.EVENTUALLY)
                .until(
                        () -> cluster.fires("tick", "t"),
                        seen -> seen.getLast().fire().isAfter(since));
        assertThat(fires)
                .allMatch(fire -> fire.fire().isBefore(removed) || fire.fire().isAfter(since));
    }

    @Test
    void after_an_outage_each_mode_starts_what_it_says() throws Exception {
        var now = cluster.database().now().truncatedTo(ChronoUnit.SECONDS);
        var last = now.minus(Duration.ofMinutes(30));
        var every = "every: 1h, offset: " + last.getEpochSecond() % 3600 + "s";
        cluster.store("late", """
                none: {<every>, catchup: {mode: none}}
                latest: {<every>}
                all: {<every>, catchup: {mode: all, window: 2h}}
                some: {<every>, catchup: {mode: all, max-runs: 3, order: newest-first}}
                deadline: {<every>, catchup: {mode: all}, start-deadline: 1h}
                """.replace("<every>", every), NOOP);
        // The last five fires passed while nobody was there.
        POSTGRES.execute("UPDATE trigger SET since = '%s'".formatted(last.minus(Duration.ofMinutes(250))));
        cluster.master("m1");
        cluster.worker("w1", 4);
        assertThat(startedOfFive("none", last)).isEmpty();
        assertThat(startedOfFive("latest", last)).containsExactly(last);
        assertThat(startedOfFive("all", last)).containsExactly(last.minus(Duration.ofHours(1)), last);
        assertThat(startedOfFive("some", last))
                .containsExactly(last.minus(Duration.ofHours(2)), last.minus(Duration.ofHours(1)), last);
        assertThat(startedOfFive("deadline", last)).containsExactly(last);
        var newestFirst = cluster.fires("late", "some").stream()
                .flatMap(fire -> fire.run().stream())
                .toList();
        assertThat(newestFirst.reversed())
                .as("run ids are in order of creation")
                .isSorted();
    }

    /** Those of the five fires before the leader came that were started; all others are missed, with a reason. */
    private List<Instant> startedOfFive(String trigger, Instant last) {
        var fires = await("fires of " + trigger)
                .atMost(Promised.EVENTUALLY)
                .until(() -> cluster.fires("late", trigger), seen -> seen.size() == 5);
        assertConsecutive(fires, Duration.ofHours(1));
        assertThat(fires.getLast().fire()).isEqualTo(last);
        assertThat(fires)
                .filteredOn(fire -> fire.outcome() != FireOutcome.STARTED)
                .allSatisfy(fire -> {
                    assertThat(fire.outcome()).isEqualTo(FireOutcome.MISSED);
                    assertThat(fire.reason()).contains(" late; ");
                    assertThat(fire.run()).isEmpty();
                });
        return fires.stream()
                .filter(fire -> fire.outcome() == FireOutcome.STARTED)
                .map(FireView::fire)
                .toList();
    }
}
