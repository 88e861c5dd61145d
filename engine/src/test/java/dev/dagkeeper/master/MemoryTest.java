package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.master.Timers.Timer;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the leader keeps in memory: the backlog and the timers. */
class MemoryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final RunId OLD = new RunId(new UUID(1, 0));
    private static final RunId YOUNG = new RunId(new UUID(2, 0));
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Backlog backlog = new Backlog();
    private final Timers timers = new Timers();

    @Test
    void the_backlog_gives_the_highest_priority_first_and_then_the_oldest() {
        var low = item(-1, OLD);
        var young = item(0, YOUNG);
        var old = item(0, OLD);
        var high = item(1, YOUNG);
        for (var item : new Item[] {young, low, high, old}) {
            backlog.add("default", item);
        }
        assertThat(backlog.poll("default")).contains(high);
        assertThat(backlog.poll("default")).contains(old);
        assertThat(backlog.poll("default")).contains(young);
        assertThat(backlog.poll("default")).contains(low);
        assertThat(backlog.poll("default")).isEmpty();
    }

    @Test
    void queues_do_not_mix() {
        backlog.add("gpu", item(9, OLD));
        backlog.add("default", item(0, OLD));
        assertThat(backlog.queues()).containsExactlyInAnyOrder("gpu", "default");
        assertThat(backlog.isEmpty("tape")).isTrue();
        assertThat(backlog.poll("tape")).isEmpty();
        assertThat(backlog.poll("default")).contains(item(0, OLD));
        assertThat(backlog.isEmpty("default")).isTrue();
        assertThat(backlog.isEmpty("gpu")).isFalse();
    }

    @Test
    void timers_give_what_is_due_in_order_and_keep_the_rest() {
        var third = timer(30);
        var first = timer(10);
        var second = timer(20);
        timers.add(third);
        timers.add(first);
        timers.add(second);

        assertThat(timers.poll(NOW.plusSeconds(9))).isEmpty();
        assertThat(timers.poll(NOW.plusSeconds(20))).containsExactly(first, second);
        assertThat(timers.poll(NOW.plusSeconds(20))).isEmpty();
        assertThat(timers.poll(NOW.plusSeconds(30))).containsExactly(third);
    }

    @Test
    void the_wait_is_until_the_next_timer_and_within_the_limit() {
        assertThat(timers.untilNext(NOW, LIMIT)).isEqualTo(LIMIT);
        timers.add(timer(100));
        assertThat(timers.untilNext(NOW, LIMIT)).isEqualTo(LIMIT);
        timers.add(timer(10));
        assertThat(timers.untilNext(NOW, LIMIT)).isEqualTo(Duration.ofSeconds(10));
        assertThat(timers.untilNext(NOW.plusSeconds(11), LIMIT)).isZero();
    }

    private static Timer timer(int seconds) {
        return new Timer(NOW.plusSeconds(seconds), OLD, Optional.empty());
    }

    private static Item item(int priority, RunId run) {
        return new Item(priority, new StepKey(run, 0, StepKey.WHOLE), 1, 1);
    }
}
