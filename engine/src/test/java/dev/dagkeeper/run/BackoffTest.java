package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final StepKey KEY = new StepKey(Play.header().id(), 3, StepKey.WHOLE);

    private static Step.Retry retry(double backoff, double jitter) {
        return new Step.Retry(50, Duration.ofSeconds(10), backoff, Duration.ofMinutes(5), jitter, Optional.empty());
    }

    @Test
    void delay_grows_by_the_factor_up_to_the_maximum() {
        assertThat(Backoff.delay(retry(2, 0), KEY, 1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(Backoff.delay(retry(2, 0), KEY, 2)).isEqualTo(Duration.ofSeconds(20));
        assertThat(Backoff.delay(retry(2, 0), KEY, 3)).isEqualTo(Duration.ofSeconds(40));
        assertThat(Backoff.delay(retry(2, 0), KEY, 7)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void delay_that_would_overflow_is_the_maximum() {
        assertThat(Backoff.delay(retry(1e9, 0), KEY, 50)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void jitter_spreads_within_its_bounds_and_is_the_same_each_time() {
        var seen = new HashSet<Duration>();
        for (var index = 0; index < 1_000; index++) {
            var key = new StepKey(KEY.run(), 3, index);
            var delay = Backoff.delay(retry(1, 0.2), key, 1);
            assertThat(delay).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
            assertThat(Backoff.delay(retry(1, 0.2), key, 1)).isEqualTo(delay);
            seen.add(delay);
        }
        assertThat(seen).hasSizeGreaterThan(800);
        assertThat(seen).anyMatch(d -> d.compareTo(Duration.ofMillis(8_200)) < 0);
        assertThat(seen).anyMatch(d -> d.compareTo(Duration.ofMillis(11_800)) > 0);
    }

    @Test
    void no_delay_is_no_delay() {
        var retry = new Step.Retry(1, Duration.ZERO, 2, Duration.ofMinutes(5), 0.5, Optional.empty());
        assertThat(Backoff.delay(retry, KEY, 1)).isZero();
    }
}
