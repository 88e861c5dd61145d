package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.master.Timers.Timer;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is due, in the leader's memory. */
class TimersTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final RunId RUN = new RunId(new UUID(1, 0));
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Timers timers = new Timers();

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
        return new Timer(NOW.plusSeconds(seconds), RUN, new Event.RunTimedOut());
    }
}
