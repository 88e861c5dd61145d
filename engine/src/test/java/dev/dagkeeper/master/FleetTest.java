package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.Protocol;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final RunId RUN = new RunId(new UUID(7, 7));
    private static final RunId OTHER = new RunId(new UUID(8, 8));
    private static final Demand DEFAULT = Demand.of("default");
    private static final Demand ONE_CORE = resources(1000, 0);

    private final Fleet fleet = new Fleet();

    @Test
    void a_worker_is_given_its_slots_and_a_prefetch_of_three_times_as_many() {
        fleet.update(List.of(member("a", 2, "default")));
        for (int step = 0; step < 8; step++) {
            assertThat(choose(DEFAULT)).contains("a~1");
            fleet.assign("a~1", key(step), DEFAULT);
        }
        assertThat(choose(DEFAULT)).isEmpty();

        fleet.release(key(2));
        assertThat(choose(DEFAULT)).contains("a~1");
    }

    @Test
    void the_prefetch_and_the_slots_of_a_worker_can_change_while_it_works() {
        fleet.update(List.of(member("a", 2, "default")));
        fleet.assign("a~1", key(0), DEFAULT);
        fleet.assign("a~1", key(1), DEFAULT);
        fleet.limitsAre(0, Integer.MAX_VALUE);
        assertThat(choose(DEFAULT)).isEmpty();

        fleet.update(List.of(member("a", 3, "default")));
        assertThat(choose(DEFAULT)).isPresent();

        fleet.update(List.of(member("a", 1, "default")));
        fleet.release(key(0));
        assertThat(choose(DEFAULT)).isEmpty();
        fleet.release(key(1));
        assertThat(choose(DEFAULT)).isPresent();
    }

    @Test
    void all_workers_together_have_no_more_steps_than_is_set() {
        fleet.limitsAre(3, 2);
        fleet.update(List.of(member("a", 9, "default"), member("b", 9, "default")));
        fleet.assign("a~1", key(0), DEFAULT);
        assertThat(choose(DEFAULT)).isPresent();
        fleet.assign("b~1", key(1), DEFAULT);
        assertThat(choose(DEFAULT)).isEmpty();
        assertThat(fleet.isFull()).isTrue();

        fleet.release(key(0));
        assertThat(choose(DEFAULT)).isPresent();
    }

    @Test
    void slots_come_before_prefetch_on_whichever_worker() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 2, "default")));
        for (int step = 0; step < 3; step++) {
            fleet.assign(choose(DEFAULT).orElseThrow(), key(step), DEFAULT);
        }
        assertThat(holders(3)).containsExactlyInAnyOrder("a~1", "b~1", "b~1");
    }

    @Test
    void steps_are_spread_over_workers_by_what_is_free() {
        fleet.update(List.of(member("a", 4, "default"), member("b", 4, "default"), member("c", 4, "default")));
        for (int step = 0; step < 6; step++) {
            fleet.assign(choose(DEFAULT).orElseThrow(), key(step), DEFAULT);
        }
        assertThat(holders(6)).containsExactlyInAnyOrder("a~1", "a~1", "b~1", "b~1", "c~1", "c~1");
    }

    @Test
    void a_queue_is_served_only_by_its_workers() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 1, "gpu", "default")));
        assertThat(choose(Demand.of("gpu"))).contains("b~1");
        assertThat(choose(Demand.of("tape"))).isEmpty();
        fleet.update(List.of(member("a", 1, "default"), member("b", 1, "gpu", "default"), member("c", 1, "tape")));
        assertThat(choose(Demand.of("tape"))).contains("c~1");
    }

    @Test
    void all_labels_and_the_zone_must_be_the_workers() {
        var placement =
                new Demand.Placement(Map.of("gpu", "a100", "disk", "ssd"), Optional.of("north"), Demand.Spread.WORKER);
        var demand = new Demand("default", Demand.Resources.NONE, Map.of(), placement);
        fleet.update(List.of(
                member("a", offer(1, 1, Map.of("gpu", "a100", "disk", "ssd"), "south")),
                member("b", offer(1, 1, Map.of("gpu", "a100"), "north")),
                member("c", offer(1, 1, Map.of("gpu", "h100", "disk", "ssd"), "north"))));
        assertThat(choose(demand)).isEmpty();
        fleet.update(List.of(member("d", offer(1, 1, Map.of("gpu", "a100", "disk", "ssd", "x", "y"), "north"))));
        assertThat(choose(demand)).contains("d~1");
    }

    @Test
    void what_steps_asked_for_is_not_free_until_they_are_released() {
        fleet.update(List.of(member("a", offer(2.5, 4L << 30, Map.of(), ""))));
        fleet.assign("a~1", key(0), ONE_CORE);
        assertThat(choose(ONE_CORE)).contains("a~1");
        fleet.assign("a~1", key(1), ONE_CORE);
        assertThat(choose(ONE_CORE)).isEmpty();
        assertThat(choose(resources(500, 4L << 30))).contains("a~1");
        assertThat(choose(resources(501, 1))).isEmpty();
        assertThat(choose(resources(0, (4L << 30) + 1))).isEmpty();
        assertThat(choose(DEFAULT)).contains("a~1");

        fleet.release(key(0));
        fleet.release(key(0));
        assertThat(choose(ONE_CORE)).contains("a~1");
        fleet.assign("a~1", key(2), ONE_CORE);
        assertThat(choose(ONE_CORE)).isEmpty();
    }

    @Test
    void assigning_a_step_again_counts_it_once() {
        fleet.update(List.of(member("a", offer(2, 0, Map.of(), ""))));
        fleet.assign("a~1", key(0), ONE_CORE);
        fleet.assign("a~1", key(0), ONE_CORE);
        assertThat(choose(ONE_CORE)).contains("a~1");
    }

    @Test
    void what_asks_for_resources_or_pools_gets_no_prefetch() {
        fleet.update(List.of(member("a", 1, "default")));
        var pooled = new Demand("default", Demand.Resources.NONE, Map.of("db", 1), Demand.Placement.ANYWHERE);
        assertThat(choose(pooled)).contains("a~1");
        fleet.assign("a~1", key(0), DEFAULT);
        assertThat(choose(pooled)).isEmpty();
        assertThat(choose(DEFAULT)).contains("a~1");
    }

    @Test
    void the_worker_on_which_most_such_steps_fit_comes_first() {
        fleet.update(
                List.of(member("a", offer(8, 1L << 30, Map.of(), "")), member("b", offer(4, 64L << 30, Map.of(), ""))));
        assertThat(choose(resources(1000, 1L << 30))).contains("b~1");
        assertThat(choose(ONE_CORE)).contains("a~1");
    }

    @Test
    void steps_of_one_run_are_spread_over_zones_first_when_asked() {
        var demand = new Demand(
                "default",
                Demand.Resources.NONE,
                Map.of(),
                new Demand.Placement(Map.of(), Optional.empty(), Demand.Spread.ZONE));
        fleet.update(List.of(
                member("a", 100, offer(0, 0, Map.of(), "north")),
                member("b", 90, offer(0, 0, Map.of(), "north")),
                member("c", 2, offer(0, 0, Map.of(), "south"))));
        fleet.assign(choose(demand).orElseThrow(), key(0), demand);
        fleet.assign(choose(demand).orElseThrow(), key(1), demand);
        fleet.assign(choose(demand).orElseThrow(), key(2), demand);
        fleet.assign(choose(demand).orElseThrow(), key(3), demand);
        assertThat(holders(4)).containsExactly("a~1", "c~1", "a~1", "c~1");
        assertThat(fleet.choose(demand, OTHER, _ -> true))
                .map(FleetWorker::incarnation)
                .contains("a~1");

        fleet.release(key(0));
        fleet.release(key(2));
        assertThat(choose(demand)).contains("a~1");
    }

    @Test
    void a_worker_that_leaves_takes_nothing_more_and_holds_nothing() {
        fleet.update(List.of(member("a", 2, "default"), member("b", 2, "default")));
        fleet.assign("a~1", key(0), DEFAULT);
        assertThat(fleet.update(List.of(member("b", 2, "default")))).containsExactly("a~1");

        assertThat(fleet.holder(key(0))).isEmpty();
        assertThat(fleet.member("a~1")).isEmpty();
        assertThat(choose(DEFAULT)).contains("b~1");
        fleet.release(key(0));
        fleet.update(List.of());
        assertThat(choose(DEFAULT)).isEmpty();
        assertThat(fleet.update(List.of())).isEmpty();
    }

    @Test
    void assigning_anew_moves_a_step() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 1, "default")));
        fleet.assign("a~1", key(0), DEFAULT);
        fleet.assign("b~1", key(0), DEFAULT);
        assertThat(fleet.holder(key(0))).contains("b~1");
        assertThat(choose(DEFAULT)).contains("a~1");
        fleet.assign("gone~1", key(0), DEFAULT);
        assertThat(fleet.holder(key(0))).isEmpty();
    }

    @Test
    void what_waits_behind_the_slots_of_a_busy_worker_is_misplaced_when_another_is_free() {
        fleet.update(List.of(member("a", 1, "default")));
        fleet.assign(choose(DEFAULT).orElseThrow(), key(0), DEFAULT);
        fleet.assign(choose(DEFAULT).orElseThrow(), key(1), DEFAULT);
        assertThat(misplaced(key -> key.step() == 1)).isEmpty();

        fleet.update(List.of(member("a", 1, "default"), member("b", 4, "default")));
        assertThat(misplaced(key -> key.step() == 1)).containsExactly(key(1));
        assertThat(misplaced(key -> false)).isEmpty();
        assertThat(fleet.misplaced(key -> true, DEFAULT::equals)).isEmpty();
    }

    @Test
    void no_more_is_misplaced_than_the_free_worker_has_slots_for() {
        fleet.update(List.of(member("a", 4, "default"), member("b", 2, "default")));
        assertThat(choose(DEFAULT)).isPresent();
        for (int step = 0; step < 8; step++) {
            fleet.assign("a~1", key(step), DEFAULT);
        }
        assertThat(misplaced(key -> key.step() >= 4)).hasSize(2);
    }

    @Test
    void what_a_worker_without_the_label_could_not_run_is_not_misplaced() {
        var gpu = new Demand(
                "default",
                Demand.Resources.NONE,
                Map.of(),
                new Demand.Placement(Map.of("gpu", "a100"), Optional.empty(), Demand.Spread.WORKER));
        fleet.update(List.of(member("a", 1, offer(0, 0, Map.of("gpu", "a100"), "")), member("b", 4, "default")));
        fleet.assign(choose(gpu).orElseThrow(), key(0), gpu);
        fleet.assign(choose(gpu).orElseThrow(), key(1), gpu);
        assertThat(misplaced(key -> key.step() == 1)).isEmpty();
    }

    @Test
    void demands_with_which_nobody_waits_are_forgotten_when_there_were_many_and_found_anew() {
        fleet.update(List.of(member("a", 1, "default")));
        for (int i = 1; i <= 1_001; i++) {
            fleet.candidates(resources(i, 0));
        }
        var kept = fleet.candidates(resources(5, 0));
        fleet.forget(resources(5, 0)::equals);
        assertThat(fleet.candidates(resources(5, 0))).isSameAs(kept);
        assertThat(fleet.workers().iterator().next().candidacies()).containsExactly(kept);
        assertThat(fleet.candidates(DEFAULT).workers()).hasSize(1);
    }

    @Test
    void a_process_counts_as_alive_in_its_next_incarnation_but_not_in_another_process_of_the_same_name() {
        var info = new WorkerInfo("a", "process-1", 1, List.of("default"), "1");
        fleet.update(List.of(new Member("a~1", info)));
        fleet.assign("a~1", key(0), DEFAULT);
        assertThat(fleet.isHolderAlive(key(0))).contains(true);

        fleet.update(List.of());
        assertThat(fleet.isHolderAlive(key(0))).contains(false);
        fleet.update(List.of(new Member("a~2", new WorkerInfo("a", "process-2", 1, List.of("default"), "1"))));
        assertThat(fleet.isHolderAlive(key(0))).contains(false);
        assertThat(fleet.isAlive("a")).isTrue();
        fleet.update(List.of(new Member("a~3", info)));
        assertThat(fleet.isHolderAlive(key(0))).contains(true);

        fleet.release(key(0));
        assertThat(fleet.isHolderAlive(key(0))).isEmpty();
    }

    @Test
    void a_drained_worker_gets_nothing_until_it_is_resumed_and_is_told_once() {
        fleet.update(List.of(member("a", 2, "default")));
        fleet.assign("a~1", key(0), DEFAULT);
        fleet.drain(Set.of("a"));
        assertThat(choose(DEFAULT)).isEmpty();
        assertThat(choose(ONE_CORE)).isEmpty();
        assertThat(fleet.pollNewlyClosed()).containsExactly("a~1");
        assertThat(fleet.pollNewlyClosed()).isEmpty();
        assertThat(fleet.closed()).containsExactly("a~1");

        // What it holds may end meanwhile; that must not bring it back among those that take steps.
        fleet.release(key(0));
        assertThat(choose(DEFAULT)).isEmpty();
        fleet.drain(Set.of());
        assertThat(fleet.closed()).isEmpty();
        assertThat(choose(DEFAULT)).contains("a~1");
    }

    @Test
    void an_incarnation_is_drained_by_itself() {
        fleet.drain(Set.of("a~1"));
        fleet.update(List.of(member("a", 2, "default")));
        assertThat(choose(DEFAULT)).isEmpty();
        fleet.update(List.of(new Member("a~2", new WorkerInfo("a", "process-2", 1, List.of("default"), "1"))));
        assertThat(choose(DEFAULT)).contains("a~2");
    }

    @Test
    void a_worker_that_stops_gets_nothing_and_counts_as_alive_when_it_has_left() {
        var info = new WorkerInfo("a", "process-1", 1, List.of("default"), "1");
        fleet.update(List.of(new Member("a~1", info)));
        assertThat(choose(DEFAULT)).contains("a~1");
        fleet.assign("a~1", key(0), DEFAULT);
        assertThat(fleet.isHolderStopping(key(0))).isFalse();
        fleet.update(List.of(new Member("a~1", info.whenStopping())));
        assertThat(choose(DEFAULT)).isEmpty();
        assertThat(fleet.pollNewlyClosed()).containsExactly("a~1");
        fleet.update(List.of());
        assertThat(fleet.isHolderAlive(key(0))).contains(true);
        assertThat(fleet.isHolderStopping(key(0))).isTrue();
    }

    @Test
    void a_worker_of_another_protocol_gets_nothing() {
        var info = new WorkerInfo(
                "a", "p", 1, List.of("default"), WorkerInfo.Offer.NOTHING, "0", Protocol.NUMBER + 1, false);
        fleet.update(List.of(new Member("a~1", info)));
        assertThat(choose(DEFAULT)).isEmpty();
    }

    private Optional<String> choose(Demand demand) {
        return fleet.choose(demand, RUN, _ -> true).map(FleetWorker::incarnation);
    }

    private List<StepKey> misplaced(Predicate<StepKey> isQueued) {
        return fleet.misplaced(isQueued, _ -> false);
    }

    private List<String> holders(int steps) {
        return java.util.stream.IntStream.range(0, steps)
                .mapToObj(step -> fleet.holder(key(step)).orElseThrow())
                .toList();
    }

    private static Demand resources(long milliCpu, long memory) {
        return new Demand("default", new Demand.Resources(milliCpu, memory), Map.of(), Demand.Placement.ANYWHERE);
    }

    private static WorkerInfo.Offer offer(double cpu, long memory, Map<String, String> labels, String zone) {
        return new WorkerInfo.Offer(cpu, memory, labels, Optional.of(zone).filter(text -> !text.isEmpty()));
    }

    private static Member member(String name, WorkerInfo.Offer offer) {
        return member(name, 16, offer);
    }

    private static Member member(String name, int slots, WorkerInfo.Offer offer) {
        return new Member(name + "~1", new WorkerInfo(name, "process-" + name, slots, List.of("default"), offer, "1"));
    }

    private static Member member(String name, int slots, String... queues) {
        return new Member(name + "~1", new WorkerInfo(name, "process-" + name, slots, List.of(queues), "1"));
    }

    private static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }
}
