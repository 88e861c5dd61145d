package dev.dagkeeper.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waits_are_doubled_up_to_the_longest_and_end_after_the_last_try() {
        assertThat(IntStream.range(1, 10)
                        .mapToObj(tried ->
                                Backoff.DEFAULT.after(tried).orElseThrow().toSeconds()))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L);
        assertThat(Backoff.DEFAULT.after(10)).isEmpty();
        assertThat(Backoff.DEFAULT.after(11)).isEmpty();
    }

    @Test
    void longest_wait_below_the_first_is_refused() {
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), 3))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
