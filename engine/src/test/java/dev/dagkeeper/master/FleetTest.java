package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final RunId RUN = new RunId(new UUID(7, 7));

    private final Fleet fleet = new Fleet();

    @Test
    void a_worker_is_given_its_slots_and_a_prefetch_of_three_times_as_many() {
        fleet.update(List.of(member("a", 2, "default")));
        for (int step = 0; step < 8; step++) {
            assertThat(fleet.choose("default")).isPresent();
            fleet.assign("a~1", key(step));
        }
        assertThat(fleet.choose("default")).isEmpty();
        assertThat(fleet.serves("default")).isTrue();

        fleet.release(key(2));
        assertThat(fleet.choose("default")).isPresent();
    }

    @Test
    void slots_come_before_prefetch_on_whichever_worker() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 2, "default")));
        for (int step = 0; step < 3; step++) {
            fleet.assign(fleet.choose("default").orElseThrow().incarnation(), key(step));
        }
        assertThat(holders(3)).containsExactlyInAnyOrder("a~1", "b~1", "b~1");
    }

    @Test
    void a_queue_is_served_only_by_its_workers() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 1, "gpu", "default")));
        assertThat(fleet.choose("gpu").orElseThrow().incarnation()).isEqualTo("b~1");
        assertThat(fleet.choose("tape")).isEmpty();
        assertThat(fleet.serves("tape")).isFalse();
    }

    @Test
    void a_worker_that_leaves_takes_nothing_more_and_holds_nothing() {
        fleet.update(List.of(member("a", 2, "default"), member("b", 2, "default")));
        fleet.assign("a~1", key(0));
        assertThat(fleet.update(List.of(member("b", 2, "default")))).containsExactly("a~1");

        assertThat(fleet.holder(key(0))).isEmpty();
        assertThat(fleet.member("a~1")).isEmpty();
        assertThat(fleet.choose("default").orElseThrow().incarnation()).isEqualTo("b~1");
        fleet.update(List.of());
        assertThat(fleet.choose("default")).isEmpty();
        assertThat(fleet.serves("default")).isFalse();
        assertThat(fleet.update(List.of())).isEmpty();
    }

    @Test
    void assigning_anew_moves_a_step() {
        fleet.update(List.of(member("a", 1, "default"), member("b", 1, "default")));
        fleet.assign("a~1", key(0));
        fleet.assign("b~1", key(0));
        assertThat(fleet.holder(key(0))).contains("b~1");
        assertThat(fleet.choose("default").orElseThrow().incarnation()).isEqualTo("a~1");
        fleet.assign("gone~1", key(0));
        assertThat(fleet.holder(key(0))).isEmpty();
    }

    @Test
    void what_waits_behind_the_slots_of_a_busy_worker_is_misplaced_when_another_is_free() {
        fleet.update(List.of(member("a", 1, "default")));
        fleet.assign("a~1", key(0));
        fleet.assign("a~1", key(1));
        assertThat(fleet.misplaced("default", key -> key.step() == 1)).isEmpty();

        fleet.update(List.of(member("a", 1, "default"), member("b", 4, "default")));
        assertThat(fleet.misplaced("default", key -> key.step() == 1)).containsExactly(key(1));
        assertThat(fleet.misplaced("default", key -> false)).isEmpty();
        assertThat(fleet.misplaced("gpu", key -> true)).isEmpty();
    }

    @Test
    void no_more_is_misplaced_than_the_free_worker_has_slots_for() {
        fleet.update(List.of(member("a", 4, "default"), member("b", 2, "default")));
        for (int step = 0; step < 8; step++) {
            fleet.assign("a~1", key(step));
        }
        assertThat(fleet.misplaced("default", key -> key.step() >= 4)).hasSize(2);
    }

    @Test
    void a_process_counts_as_alive_in_its_next_incarnation_but_not_in_another_process_of_the_same_name() {
        var info = new WorkerInfo("a", "process-1", 1, List.of("default"), "1");
        fleet.update(List.of(new Member("a~1", info)));
        fleet.assign("a~1", key(0));
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

    private List<String> holders(int steps) {
        return java.util.stream.IntStream.range(0, steps)
                .mapToObj(step -> fleet.holder(key(step)).orElseThrow())
                .toList();
    }

    private static Member member(String name, int slots, String... queues) {
        return new Member(name + "~1", new WorkerInfo(name, "process-" + name, slots, List.of(queues), "1"));
    }

    private static StepKey key(int step) {
        return new StepKey(RUN, step, StepKey.WHOLE);
    }
}
