package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.EventStore;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class NewsTest {
    private static final RunId RUN = RunId.parse("01890000-0000-7000-8000-000000000001");
    private static final RunId OTHER = RunId.parse("01890000-0000-7000-8000-000000000002");
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(5);

    private final Subscribers subscribers = new Subscribers();
    private final News news = new News(subscribers);

    @Test
    void news_that_came_before_waiting_are_not_missed() throws InterruptedException {
        try (var watch = news.watch(RUN)) {
            subscribers.listener().changed(Set.of(RUN));

            assertThat(watch.await(LONG)).isTrue();
            assertThat(watch.await(SHORT)).as("told once").isFalse();
        }
    }

    @Test
    void news_of_other_runs_do_not_wake() throws InterruptedException {
        try (var watch = news.watch(RUN)) {
            subscribers.listener().changed(Set.of(OTHER));

            assertThat(watch.await(SHORT)).isFalse();
        }
    }

    @Test
    void after_a_reconnect_everybody_looks() throws InterruptedException {
        try (var one = news.watch(RUN);
                var other = news.watch(OTHER)) {
            subscribers.listener().reconnected();

            assertThat(one.await(LONG)).isTrue();
            assertThat(other.await(LONG)).isTrue();
        }
    }

    @Test
    void all_share_one_subscription_that_the_first_makes() {
        assertThat(subscribers.all).isEmpty();

        news.watch(RUN).close();
        news.watch(OTHER).close();

        assertThat(subscribers.all).hasSize(1);
    }

    @Test
    void closing_wakes_those_who_wait_and_ends_the_subscription() throws InterruptedException {
        try (var watch = news.watch(RUN)) {
            var waiting = Thread.ofVirtual().start(() -> {
                try {
                    watch.await(LONG);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            news.close();

            assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
            assertThat(news.closed()).isTrue();
            assertThat(subscribers.open).isZero();
        }
    }

    /** Keeps listeners as the real store does, and tells them nothing by itself. */
    private static final class Subscribers implements EventStore {
        final List<Listener> all = new ArrayList<>();
        int open;

        Listener listener() {
            return all.getFirst();
        }

        @Override
        public List<EventWrite> read(RunId run, long after, int limit) {
            return List.of();
        }

        @Override
        public Subscription subscribe(Listener listener) {
            all.add(listener);
            open++;
            return () -> open--;
        }
    }
}
