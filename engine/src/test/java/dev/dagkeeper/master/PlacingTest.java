package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final Instant LATER = NOW.plus(Backlog.AGEING.multipliedBy(Placing.PATIENCE));
    private static final RunId RUN = RunId.parse("00000000-0000-0007-0000-000000000007");
    private static final Demand PLAIN = Demand.of("default");

    private final Backlog backlog = new Backlog();
    private final Fleet fleet = new Fleet();
    private final Pools pools = new Pools();
    private final Placing placing = new Placing(backlog, fleet, pools);
    private final WaitReason reasons = new WaitReason(fleet, pools, placing);
    private final List<Integer> placed = new ArrayList<>();
    private final Set<Integer> withdrawn = new HashSet<>();
    private final Map<Integer, Demand> demands = new java.util.HashMap<>();

    @Test
    void the_highest_priority_is_placed_first_whatever_it_asks_for() {
        workers(worker("a", 2, 4, 0));
        wait(1, PLAIN, 0);
        wait(2, cpu(1000), 5);
        wait(3, PLAIN, 9);
        assertThat(round(NOW)).startsWith(3, 2).contains(1);
    }

    @Test
    void a_step_that_does_not_fit_keeps_none_from_being_placed_that_does() {
        workers(worker("a", 4, 4, 0));
        wait(1, cpu(8000), 50);
        wait(2, Demand.of("tape"), 50);
        wait(3, pools("nowhere", 1), 50);
        wait(4, cpu(1000), 0);
        wait(5, PLAIN, 0);
        assertThat(round(NOW)).containsExactlyInAnyOrder(4, 5);
        assertThat(placing.blocked().keySet())
                .containsExactlyInAnyOrder(cpu(8000), Demand.of("tape"), pools("nowhere", 1));
    }

    @Test
    void a_step_says_when_all_its_workers_are_drained() {
        workers(worker("a", 2, 4, 0));
        fleet.drain(Set.of("a"));
        assertThat(reasons.of(PLAIN)).isEqualTo("no worker of queue 'default' takes new steps: a is drained");
    }

    @Test
    void entries_that_became_stale_are_passed_over() {
        workers(worker("a", 1, 0, 0));
        wait(1, PLAIN, 9);
        wait(2, PLAIN, 0);
        withdrawn.add(1);
        assertThat(round(NOW)).containsExactly(2);
        assertThat(backlog.groups()).isEmpty();
    }

    @Test
    void all_of_its_pools_or_none() {
        workers(worker("a", 9, 0, 0));
        pools.limitsAre(Map.of("db", 3, "licence", 1));
        var both =
                new Demand("default", Demand.Resources.NONE, Map.of("db", 2, "licence", 1), Demand.Placement.ANYWHERE);
        wait(1, both, 5);
        wait(2, both, 4);
        wait(3, pools("db", 1), 3);
        wait(4, pools("db", 1), 2);
        assertThat(round(NOW)).containsExactly(1, 3);
        assertThat(pools.used("db")).isEqualTo(3);
        assertThat(pools.used("licence")).isEqualTo(1);
        assertThat(reasons.of(both))
                .isEqualTo("waits for 2 slots of pool 'db': 3 of 3 are held by run " + RUN + " (3)");

        end(1);
        assertThat(round(NOW)).containsExactly(2);
        end(3);
        assertThat(round(NOW)).containsExactly(4);
        end(2);
        end(4);
        assertThat(pools.used("db")).isZero();
        assertThat(pools.used("licence")).isZero();
    }

    @Test
    void a_limit_may_change_at_any_time_and_what_is_held_stays_held() {
        workers(worker("a", 9, 0, 0));
        pools.limitsAre(Map.of("db", 2));
        for (int step = 1; step <= 4; step++) {
            wait(step, pools("db", 1), -step);
        }
        assertThat(round(NOW)).containsExactly(1, 2);
        pools.limitsAre(Map.of("db", 1));
        end(1);
        assertThat(round(NOW)).isEmpty();
        pools.limitsAre(Map.of("db", 3));
        assertThat(round(NOW)).containsExactly(3, 4);
        pools.limitsAre(Map.of());
        wait(5, pools("db", 1), 0);
        assertThat(round(NOW)).isEmpty();
        assertThat(reasons.of(pools("db", 1))).isEqualTo("pool 'db' does not exist: dagkeeper pools set db 1");
    }

    @Test
    void plain_steps_cannot_starve_one_that_needs_a_free_slot() {
        workers(worker("a", 1, 4, 0));
        for (int step = 10; step < 20; step++) {
            wait(step, PLAIN, 0);
        }
        assertThat(round(NOW)).containsExactly(10, 11, 12, 13);
        wait(1, cpu(1000), 1);
        end(10);
        assertThat(round(NOW)).isEmpty();
        end(11);
        end(12);
        end(13);
        assertThat(round(NOW)).startsWith(1);
    }

    @Test
    void prefetch_goes_on_where_a_step_waits_for_more_than_a_slot() {
        workers(worker("a", 1, 4, 0));
        wait(1, cpu(8000), 9);
        for (int step = 10; step < 20; step++) {
            wait(step, PLAIN, 0);
        }
        assertThat(round(NOW)).containsExactly(10, 11, 12, 13);
    }

    @Test
    void small_steps_cannot_starve_a_large_one_for_ever() {
        workers(worker("a", 9, 4, 0));
        wait(10, cpu(1000), 5);
        wait(11, cpu(1000), 5);
        assertThat(round(NOW)).containsExactly(10, 11);
        wait(1, cpu(4000), 0);
        wait(12, cpu(1000), -5);
        assertThat(round(NOW)).containsExactly(12);

        wait(13, cpu(1000), -50);
        wait(14, PLAIN, -50);
        assertThat(round(LATER)).containsExactly(14);
        assertThat(reasons.of(cpu(1000))).isEqualTo("wants 1 core, kept on a worker for a step that has waited longer");
        List.of(10, 11, 12).forEach(this::end);
        assertThat(round(LATER)).containsExactly(1);
        end(1);
        assertThat(round(LATER)).containsExactly(13);
    }

    @Test
    void small_holders_cannot_starve_one_that_wants_all_of_a_pool() {
        workers(worker("a", 9, 0, 0));
        pools.limitsAre(Map.of("db", 2));
        wait(10, pools("db", 1), 5);
        assertThat(round(NOW)).containsExactly(10);
        wait(1, pools("db", 2), 0);
        wait(11, pools("db", 1), -50);
        assertThat(round(LATER)).isEmpty();
        assertThat(reasons.of(pools("db", 1)))
                .isEqualTo("waits for pool 'db', which is kept for a step that has waited longer");
        end(10);
        assertThat(round(LATER)).containsExactly(1);
        end(1);
        assertThat(round(LATER)).containsExactly(11);
    }

    @Test
    void nothing_is_kept_for_what_can_never_be_placed() {
        workers(worker("a", 9, 4, 0));
        pools.limitsAre(Map.of("db", 2));
        wait(1, pools("db", 3), 9);
        wait(2, cpu(8000), 9);
        wait(3, new Demand("tape", Demand.Resources.NONE, Map.of("db", 2), Demand.Placement.ANYWHERE), 9);
        wait(10, pools("db", 2), -50);
        wait(11, cpu(4000), -50);
        assertThat(round(LATER)).containsExactlyInAnyOrder(10, 11);
    }

    @Test
    void the_reason_says_which_worker_is_missing() {
        assertThat(reasons.of(PLAIN)).isEqualTo("no worker is alive");
        fleet.update(List.of(
                member("a", 1, new WorkerInfo.Offer(2, 4L << 30, Map.of("gpu", "a100"), Optional.of("north"))),
                member("b", 2, new WorkerInfo.Offer(3, 1L << 30, Map.of(), Optional.empty()))));
        assertThat(reasons.of(Demand.of("tape"))).isEqualTo("no worker serves queue 'tape'; served are default");
        assertThat(reasons.of(placed(Map.of(), "south")))
                .isEqualTo("no worker of queue 'default' is in zone 'south'; their zones are north");
        assertThat(reasons.of(placed(Map.of("gpu", "h100"), "")))
                .isEqualTo("no worker of queue 'default' has label gpu=h100");
        assertThat(reasons.of(placed(Map.of("gpu", "a100", "ssd", "yes"), "north")))
                .isEqualTo("no worker of queue 'default' in zone 'north' with label gpu=a100 has label ssd=yes");
    }

    @Test
    void the_reason_says_how_much_is_wanted_and_how_much_there_is() {
        workers(worker("a", 4, 2, 4L << 30), worker("b", 4, 3, 1L << 30));
        assertThat(reasons.of(cpu(8000)))
                .isEqualTo("wants 8 cores; the most that any of 2 workers of queue 'default' has in all is 3 cores");
        assertThat(reasons.of(resources(2500, 2L << 30)))
                .isEqualTo("wants 2.5 cores and 2GiB; the most that any of 2 workers of queue 'default' has in all is"
                        + " 3 cores and 4GiB");
        wait(1, cpu(1500), 0);
        wait(2, cpu(2000), 0);
        assertThat(round(NOW)).hasSize(2);
        assertThat(reasons.of(cpu(2000)))
                .isEqualTo("wants 2 cores; the most that any of 2 workers of queue 'default' has free is 1.5 cores");
    }

    @Test
    void the_reason_says_that_all_slots_are_busy() {
        workers(worker("a", 1, 2, 0), worker("b", 2, 2, 0));
        for (int step = 0; step < 20; step++) {
            wait(step, PLAIN, 0);
        }
        assertThat(round(NOW)).hasSize(12);
        assertThat(reasons.of(PLAIN))
                .isEqualTo("waits for a free slot: 3 of 3 are busy on 2 workers of queue 'default'");
        assertThat(reasons.of(cpu(1000)))
                .isEqualTo("waits for a free slot: 3 of 3 are busy on 2 workers of queue 'default'");
    }

    @Test
    void the_reason_names_the_first_runs_that_hold_a_pool_and_counts_the_rest() {
        pools.limitsAre(Map.of("db", 5));
        for (int i = 1; i <= 5; i++) {
            pools.hold(new StepKey(new RunId(new UUID(0, i)), 0, StepKey.WHOLE), Map.of("db", 1));
        }
        workers(worker("a", 1, 0, 0));
        assertThat(reasons.of(pools("db", 1)))
                .startsWith("waits for 1 slot of pool 'db': 5 of 5 are held by run 00000000-0000-0000-0000-000000000001"
                        + " (1), run ")
                .endsWith("03 (1) and 2 more runs");
        assertThat(reasons.of(pools("db", 9)))
                .isEqualTo("wants 9 slots of pool 'db', which has 5 in all: dagkeeper pools set db 9");
    }

    private void wait(int step, Demand demand, int priority) {
        demands.put(step, demand);
        backlog.add(demand, new Item(priority, key(step), 1, 1), NOW);
    }

    /** Which steps one round places, in order. */
    private List<Integer> round(Instant now) {
        placed.clear();
        placing.round(now, new Placing.Target() {
            @Override
            public boolean isWaiting(Item item) {
                return !withdrawn.contains(item.key().step());
            }

            @Override
            public void place(Item item, Demand demand, FleetWorker worker) {
                fleet.assign(worker.incarnation(), item.key(), demand);
                pools.hold(item.key(), demand.pools());
                placed.add(item.key().step());
            }
        });
        return placed;
    }

    private void end(int step) {
        fleet.release(key(step));
        pools.release(key(step));
    }

    private void workers(Member... members) {
        fleet.update(List.of(members));
    }

    private static Member worker(String name, int slots, double cpu, long memory) {
        return member(name, slots, new WorkerInfo.Offer(cpu, memory, Map.of(), Optional.empty()));
    }

    private static Member member(String name, int slots, WorkerInfo.Offer offer) {
        return new Member(name + "~1", new WorkerInfo(name, name, slots, List.of("default"), offer, "1"));
    }

    private static Demand cpu(long milliCpu) {
        return resources(milliCpu, 0);
    }

    private static Demand resources(long milliCpu, long memory) {
        return new Demand("default", new Demand.Resources(milliCpu, memory), Map.of(), Demand.Placement.ANYWHERE);
    }

    private static Demand pools(String pool, int slots) {
        return new Demand("default", Demand.Resources.NONE, Map.of(pool, slots), Demand.Placement.ANYWHERE);
    }

    private static Demand placed(Map<String, String> labels, String zone) {
        return new Demand(
                "default",
                Demand.Resources.NONE,
                Map.of(),
                new Demand.Placement(labels, Optional.of(zone).filter(text -> !text.isEmpty()), Demand.Spread.WORKER));
    }

    private static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }
}
