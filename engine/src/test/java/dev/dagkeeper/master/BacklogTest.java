package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final RunId OLD = new RunId(new UUID(1, 0));
    private static final RunId YOUNG = new RunId(new UUID(2, 0));
    private static final Demand DEFAULT = Demand.of("default");

    private final Backlog backlog = new Backlog();

    @Test
    void the_highest_priority_comes_first_and_then_the_oldest_run_and_then_what_was_ready_first() {
        var low = item(-1, OLD, 0);
        var young = item(0, YOUNG, 0);
        var second = item(0, OLD, 7);
        var third = item(0, OLD, 3);
        var high = item(1, YOUNG, 0);
        for (var item : List.of(young, low, high, second, third)) {
            backlog.add(DEFAULT, item, NOW);
        }
        assertThat(all()).containsExactly(high, second, third, young, low);
        assertThat(backlog.has(DEFAULT)).isFalse();
    }

    @Test
    void a_step_gains_one_of_priority_for_each_half_minute_that_it_waits() {
        var patient = item(0, YOUNG, 0);
        var important = item(10, OLD, 0);
        backlog.add(DEFAULT, patient, NOW);
        backlog.add(DEFAULT, important, NOW.plus(Backlog.AGEING.multipliedBy(9)));
        assertThat(all()).containsExactly(important, patient);

        backlog.add(DEFAULT, patient, NOW);
        backlog.add(DEFAULT, important, NOW.plus(Backlog.AGEING.multipliedBy(11)));
        assertThat(all()).containsExactly(patient, important);
        assertThat(Backlog.AGEING).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void how_long_a_step_has_waited_does_not_depend_on_its_priority() {
        for (var item : List.of(item(0, OLD, 0), item(100, OLD, 0), item(-100, OLD, 0))) {
            backlog.add(DEFAULT, item, NOW);
            var group = backlog.groups().iterator().next();
            assertThat(Backlog.waited(group.firstRank(), item, NOW)).isZero();
            assertThat(Backlog.waited(group.firstRank(), item, NOW.plus(Backlog.AGEING.multipliedBy(3))))
                    .isEqualTo(3);
            backlog.removeFirst(group);
        }
    }

    @Test
    void steps_with_different_demands_are_apart_and_groups_are_ordered_by_their_first_steps() {
        backlog.add(Demand.of("gpu"), item(1, YOUNG, 0), NOW);
        backlog.add(DEFAULT, item(9, YOUNG, 0), NOW);
        backlog.add(DEFAULT, item(0, OLD, 0), NOW);
        assertThat(backlog.groups().stream()
                        .sorted()
                        .map(group -> group.demand().queue()))
                .containsExactly("default", "gpu");
        backlog.removeFirst(backlog.groups().stream().sorted().findFirst().orElseThrow());
        assertThat(backlog.groups().stream()
                        .sorted()
                        .map(group -> group.demand().queue()))
                .containsExactly("gpu", "default");
        assertThat(backlog.has(Demand.of("tape"))).isFalse();
    }

    private List<Item> all() {
        var items = new ArrayList<Item>();
        while (!backlog.groups().isEmpty()) {
            var group = backlog.groups().iterator().next();
            items.add(group.first());
            backlog.removeFirst(group);
        }
        return items;
    }

    private static Item item(int priority, RunId run, int step) {
        return new Item(priority, new StepKey(run, step, StepKey.WHOLE), 1, 1);
    }
}
