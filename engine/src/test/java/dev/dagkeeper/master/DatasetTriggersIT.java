package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.history.DatasetStore.EventFilter;
import dev.dagkeeper.history.DatasetStore.EventView;
import dev.dagkeeper.history.DatasetStore.NewEvent;
import dev.dagkeeper.history.ScheduleStore.FireView;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.TestPostgres;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.workflow.DatasetEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.node.JsonNodeFactory;

/** Updates of datasets start runs, each update once for each trigger. */
@Timeout(60)
class DatasetTriggersIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @RegisterExtension
    final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);

    private static final String NOOP = "a: {uses: noop}\n";
    private TestCluster cluster;

    @BeforeEach
    void form(TestCluster formed) {
        cluster = formed;
    }

    private void update(String uri) {
        cluster.database()
                .datasets()
                .record(new NewEvent(uri, Optional.empty(), Optional.empty(), "ada", Optional.empty()));
        cluster.ringDatasets();
    }

    private List<FireView> awaitFires(String workflow, int count) {
        return await(count + " fires of " + workflow)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(30))
                .until(() -> cluster.fires(workflow, "t"), fires -> fires.size() >= count);
    }

    private List<EventView> events(String uri) {
        return cluster.database()
                .datasets()
                .events(new EventFilter(Optional.of(uri), Optional.empty(), Optional.empty(), 500));
    }

    private List<String> seen(RunId run) {
        return cluster.database().runs().find(run).orElseThrow().header().facts().events().stream()
                .map(DatasetEvent::uri)
                .toList();
    }

    @Test
    void what_a_step_produces_starts_the_next_workflow_which_sees_it() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy(
                "chained",
                "t: {datasets: {all: ['mem://one']}, inputs: {n: '${{ size(run.events) }}', from: '${{ run.events[0].workflow }}'}}\n",
                "a: {uses: noop, produces: ['mem://two']}\n",
                "inputs: {n: {type: int}, from: {type: string}}\n");
        cluster.deploy("last", "t: {datasets: {any: ['mem://two', 'mem://never']}}\n", NOOP);
        var first =
                cluster.submit("first", "", "a: {uses: noop, produces: ['mem://one']}\nb: {uses: noop, needs: [a]}\n");

        var fire = awaitFires("chained", 1).getFirst();
        assertThat(fire.outcome()).isEqualTo(FireOutcome.STARTED);
        var run = cluster.awaitEnd(fire.run().orElseThrow());
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.header().inputs())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "n", JsonNodeFactory.instance.numberNode(1),
                        "from", JsonNodeFactory.instance.stringNode("first")));
        var facts = run.header().facts();
        assertThat(facts.time()).isEqualTo(fire.fire());
        assertThat(facts.intervalStart())
                .isEqualTo(cluster.trigger("chained", "t").since());
        assertThat(facts.intervalEnd()).isEqualTo(fire.fire());
        assertThat(facts.events()).singleElement().satisfies(event -> {
            assertThat(event.run()).isEqualTo(first.toString());
            assertThat(event.step()).isEqualTo("a");
        });
        var second = awaitFires("last", 1).getFirst().run().orElseThrow();
        assertThat(cluster.awaitEnd(second).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(events("mem://one"))
                .singleElement()
                .satisfies(event -> assertThat(event.uses())
                        .singleElement()
                        .satisfies(use ->
                                assertThat(use.run()).contains(run.header().id())));
    }

    @Test
    void a_step_that_does_not_succeed_updates_nothing_and_a_foreach_updates_once() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        var run = cluster.submit("makers", "", """
                failed: {uses: flaky, with: {failures: 9}, produces: ['mem://failed']}
                warned: {uses: flaky, with: {failures: 9}, on-error: warn, produces: ['mem://warned']}
                skipped: {uses: noop, when: 'false', produces: ['mem://skipped']}
                each: {uses: noop, foreach: {in: 'range(5)', as: n}, produces: ['mem://each', 'mem://all']}
                """);
        cluster.awaitEnd(run);
        assertThat(List.of("failed", "warned", "skipped", "each", "all"))
                .extracting(name -> events("mem://" + name).size())
                .containsExactly(0, 0, 0, 1, 1);
    }

    @Test
    void all_waits_for_each_and_updates_that_come_meanwhile_are_seen_by_one_run_of_each_trigger() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        update("mem://a");
        cluster.deploy("both", "t: {datasets: {all: ['mem://a', 'mem://b']}}\n", NOOP);
        cluster.deploy("either", "t: {datasets: {any: ['mem://a', 'mem://b']}, debounce: 2s}\n", NOOP);
        update("mem://a");
        update("mem://a");
        update("mem://c");
        assertThat(awaitFires("either", 1)).hasSize(1);
        assertThat(cluster.fires("both", "t")).as("b is missing").isEmpty();
        update("mem://b");
        var both = awaitFires("both", 1).getFirst().run().orElseThrow();
        assertThat(seen(both))
                .as("not what was before it was deployed")
                .containsExactly("mem://a", "mem://a", "mem://b");
        var either = awaitFires("either", 2);
        assertThat(seen(either.getFirst().run().orElseThrow())).containsExactly("mem://a", "mem://a");
        assertThat(seen(either.getLast().run().orElseThrow())).containsExactly("mem://b");
        assertThat(cluster.database()
                        .runs()
                        .find(either.getLast().run().orElseThrow())
                        .orElseThrow()
                        .header()
                        .facts()
                        .intervalStart())
                .isEqualTo(either.getFirst().fire());
    }

    @Test
    void debounce_waits_for_quiet_but_not_longer_than_max_wait() throws Exception {
        cluster.master("m1");
        cluster.deploy("quiet", "t: {datasets: {any: ['mem://q']}, debounce: 3s, max-wait: 4s}\n", NOOP);
        var fires = await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(300))
                .until(
                        () -> {
                            update("mem://q");
                            return cluster.fires("quiet", "t");
                        },
                        seen -> !seen.isEmpty());
        var first = events("mem://q").getLast();
        assertThat(Duration.between(first.recordedAt(), fires.getFirst().fire()))
                .isGreaterThan(Duration.ofMillis(3_990));
        update("mem://q");
        var second = awaitFires("quiet", 2).getLast();
        var last = events("mem://q").getFirst();
        assertThat(Duration.between(last.recordedAt(), second.fire())).isGreaterThan(Duration.ofMillis(2_990));
    }

    @Test
    void what_comes_during_a_pause_is_seen_by_the_first_run_after_it() throws Exception {
        cluster.master("m1");
        cluster.deploy("held", "t: {datasets: {any: ['mem://h']}}\n", NOOP);
        var name = new TriggerName("default", "held", "t");
        cluster.database().schedules().pause(name, "ada");
        cluster.ringTriggers();
        IntStream.range(0, 3).forEach(_ -> update("mem://h"));
        await().pollDelay(Duration.ofMillis(800)).until(() -> true);
        assertThat(cluster.fires("held", "t")).isEmpty();
        cluster.database().schedules().resume(name, "ada");
        cluster.ringTriggers();
        var fires = awaitFires("held", 1);
        assertThat(seen(fires.getFirst().run().orElseThrow())).hasSize(3);
        assertThat(fires).hasSize(1);
    }

    @Test
    void what_waits_in_a_group_or_cannot_be_started_has_consumed_its_updates_all_the_same() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy(
                "grouped",
                "t: {datasets: {any: ['mem://g']}}\n",
                "a: {uses: gate}\n",
                "concurrency: {max: 1, on-conflict: queue-latest}\n");
        cluster.deploy(
                "broken",
                "t: {datasets: {any: ['mem://g']}, inputs: {n: '${{ run.events[0].data.n }}'}}\n",
                NOOP,
                "inputs: {n: {type: int}}\n");
        for (int n = 1; n <= 3; n++) {
            update("mem://g");
            awaitFires("grouped", n);
        }
        var fires = await().atMost(Duration.ofSeconds(20))
                .until(() -> cluster.fires("grouped", "t"), seen -> seen.get(1).outcome() == FireOutcome.SKIPPED);
        assertThat(fires)
                .extracting(FireView::outcome)
                .containsExactly(FireOutcome.STARTED, FireOutcome.SKIPPED, FireOutcome.QUEUED);
        assertThat(fires)
                .allSatisfy(fire -> assertThat(seen(fire.run().orElseThrow())).hasSize(1));
        var first = fires.getFirst().run().orElseThrow();
        cluster.awaitStart(first, "a", 1);
        cluster.script().open(first, "a", 1);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cluster.fires("grouped", "t").getLast().outcome() == FireOutcome.STARTED);
        assertThat(awaitFires("broken", 3)).allSatisfy(fire -> {
            assertThat(fire.outcome()).isEqualTo(FireOutcome.SKIPPED);
            assertThat(fire.reason()).contains("input 'n'");
        });
        assertThat(events("mem://g"))
                .allSatisfy(event -> assertThat(event.uses()).hasSize(2));
        cluster.command(fires.getLast().run().orElseThrow(), "cancel");
    }

    @Test
    void a_trigger_that_paused_itself_keeps_what_comes_until_it_is_resumed() throws Exception {
        cluster.master("m1");
        cluster.worker("w1", 4);
        cluster.deploy(
                "failing",
                "t: {datasets: {any: ['mem://f']}, pause-on-failure: 1}\n",
                "a: {uses: flaky, with: {failures: 9}}\n");
        update("mem://f");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cluster.trigger("failing", "t").suspendedAt().isPresent());
        update("mem://f");
        update("mem://f");
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(cluster.fires("failing", "t")).hasSize(1);
        cluster.database().schedules().resume(new TriggerName("default", "failing", "t"), "ada");
        cluster.ringTriggers();
        assertThat(seen(awaitFires("failing", 2).getLast().run().orElseThrow())).hasSize(2);
    }

    @Test
    void no_update_is_lost_or_seen_twice_when_leaders_die() throws Exception {
        var leader = cluster.master("m0");
        cluster.deploy("once", "t: {datasets: {any: ['mem://x']}}\n", NOOP);
        cluster.deploy("waits", "t: {datasets: {all: ['mem://x', 'mem://end']}}\n", NOOP);
        for (int n = 1; n <= 4; n++) {
            for (int i = 0; i < 8; i++) {
                update("mem://x");
            }
            var next = cluster.master("m" + n);
            // Some are recorded and have no run yet, or have one that nobody has begun.
            leader.die();
            update("mem://x");
            await("another leader").atMost(Duration.ofSeconds(20)).until(next::leads);
            leader = next;
        }
        update("mem://end");
        awaitFires("waits", 1);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> events("mem://x").stream()
                        .allMatch(event -> event.uses().size() == 2));
        var once = cluster.fires("once", "t").stream()
                .flatMap(fire -> seenIds(fire.run().orElseThrow()).stream())
                .toList();
        assertThat(once).hasSize(36).doesNotHaveDuplicates();
        assertThat(cluster.fires("waits", "t"))
                .singleElement()
                .satisfies(fire -> assertThat(seen(fire.run().orElseThrow())).hasSize(37));
        assertThat(POSTGRES.texts("SELECT count(*)::text FROM run WHERE workflow = 'once'"))
                .containsExactly(Integer.toString(cluster.fires("once", "t").size()));
    }

    private List<Long> seenIds(RunId run) {
        return cluster.database().runs().find(run).orElseThrow().header().facts().events().stream()
                .map(DatasetEvent::id)
                .toList();
    }
}
