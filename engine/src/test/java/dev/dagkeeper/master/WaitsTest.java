package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WaitsTest {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final List<Told> told = new ArrayList<>();
    private final LeaderStore store = proxy(LeaderStore.class);
    private final Term term = new Term(store, 1, new LeaderMetrics(new SimpleMeterRegistry()));
    private final Placing placing = new Placing(term.backlog(), term.fleet(), term.pools());
    private final Waits waits = new Waits(store, term, placing, 0);
    private boolean current = true;
    private long now;

    /** What was written in one go. */
    private record Told(boolean anew, Map<String, String> reasons, List<String> over) {}

    @Test
    void a_new_leader_forgets_what_was_told_and_then_writes_only_what_changed() {
        waits.tell(now);
        assertThat(told).containsExactly(new Told(true, Map.of(), List.of()));
        told.clear();

        block(Demand.of("a"), Demand.of("b"));
        after(Duration.ofSeconds(2));
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().reasons())
                .isEqualTo(Map.of(
                        Demand.of("a").key(),
                        "no worker is alive",
                        Demand.of("b").key(),
                        "no worker is alive"));
        told.clear();

        block(Demand.of("a"), Demand.of("b"));
        after(Duration.ofSeconds(2));
        assertThat(told).isEmpty();
        assertThat(waits.untilDue(now, FOR_EVER)).isEqualTo(FOR_EVER);

        term.membersAre(List.of(new Member("w~1", new WorkerInfo("w", "p", 1, List.of("b"), "1"))));
        block(Demand.of("a"));
        after(Duration.ofSeconds(2));
        assertThat(told)
                .containsExactly(new Told(
                        false,
                        Map.of(Demand.of("a").key(), "no worker serves queue 'a'; served are b"),
                        List.of(Demand.of("b").key())));
    }

    @Test
    void what_waits_for_a_moment_only_is_not_written_and_the_rest_once_a_second_at_most() {
        waits.tell(now);
        told.clear();
        after(Duration.ofSeconds(5));
        block(Demand.of("a"));
        assertThat(waits.untilDue(now, FOR_EVER)).isEqualTo(Duration.ofMillis(250));
        after(Duration.ofMillis(249));
        assertThat(told).isEmpty();
        after(Duration.ofMillis(1));
        assertThat(told).hasSize(1);

        block(Demand.of("c"));
        after(Duration.ofMillis(999));
        assertThat(told).hasSize(1);
        after(Duration.ofMillis(1));
        assertThat(told).hasSize(2);
    }

    @Test
    void a_step_that_became_ready_by_the_time_alone_says_why_it_waits() {
        waits.tell(now);
        told.clear();
        placing.blocked().put(Demand.of("a"), new Item(0, new StepKey(new RunId(new UUID(0, 1)), 0, -1), 1, 1));
        waits.placed(false, now);
        after(Duration.ofSeconds(1));
        assertThat(told).hasSize(1);

        waits.placed(false, now);
        assertThat(waits.untilDue(now, FOR_EVER)).isEqualTo(FOR_EVER);
    }

    @Test
    void many_demands_are_explained_by_and_by() {
        waits.tell(now);
        told.clear();
        var demands = new Demand[450];
        for (int i = 0; i < demands.length; i++) {
            demands[i] = Demand.of("q" + i);
        }
        block(demands);
        for (int second = 0; second < 3; second++) {
            after(Duration.ofSeconds(1));
        }
        assertThat(told).extracting(written -> written.reasons().size()).containsExactly(200, 200, 50);
        assertThat(told.stream().flatMap(written -> written.reasons().keySet().stream()))
                .doesNotHaveDuplicates()
                .hasSize(450);
    }

    @Test
    void a_leader_whose_epoch_is_over_ends_its_term() {
        current = false;
        assertThatThrownBy(() -> waits.tell(now)).isInstanceOf(TermEndedException.class);
    }

    private void after(Duration time) {
        now += time.toNanos();
        waits.tell(now);
    }

    /** A round in which nothing with these demands can be placed, and nothing else waits. */
    private void block(Demand... demands) {
        placing.blocked().clear();
        for (var demand : demands) {
            placing.blocked().put(demand, new Item(0, new StepKey(new RunId(new UUID(0, 1)), 0, -1), 1, 1));
        }
        waits.placed(true, now);
    }

    @SuppressWarnings("unchecked")
    private <T> T proxy(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (!method.getName().equals("explain")) {
                        throw new AssertionError("unexpected: " + method);
                    }
                    told.add(new Told(
                            (boolean) arguments[1],
                            Map.copyOf((Map<String, String>) arguments[2]),
                            List.copyOf((Collection<String>) arguments[3])));
                    return current;
                }));
    }
}
