package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void without_samples_there_is_no_percentile() {
        assertThat(new Samples().percentile(50)).isEmpty();
    }

    @Test
    void a_single_sample_is_every_percentile() {
        var samples = samples(7);
        assertThat(samples.percentile(1)).hasValue(7);
        assertThat(samples.percentile(100)).hasValue(7);
    }

    @Test
    void a_percentile_is_the_sample_that_so_many_do_not_exceed() {
        var shuffled = new ArrayList<>(IntStream.rangeClosed(1, 5000).boxed().toList());
        Collections.shuffle(shuffled, new Random(1));
        var samples = new Samples();
        shuffled.forEach(millis -> samples.add(Duration.ofMillis(millis)));
        assertThat(samples.percentile(50)).hasValue(2500);
        assertThat(samples.percentile(90)).hasValue(4500);
        assertThat(samples.percentile(99)).hasValue(4950);
        assertThat(samples.percentile(100)).hasValue(5000);
    }

    @Test
    void a_percentile_between_two_samples_is_the_larger() {
        assertThat(samples(1, 2, 3, 4).percentile(51)).hasValue(3);
    }

    @Test
    void samples_may_come_after_a_percentile_was_asked_for() {
        var samples = samples(5, 6);
        assertThat(samples.percentile(50)).hasValue(5);
        samples.add(Duration.ofNanos(1_500_000));
        assertThat(samples.percentile(1)).hasValue(1.5);
    }

    private static Samples samples(long... millis) {
        var samples = new Samples();
        for (var each : millis) {
            samples.add(Duration.ofMillis(each));
        }
        return samples;
    }
}
