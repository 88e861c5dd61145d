package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyStateTest {
    @Test
    void two_repeats_say_nothing() {
        assertThat(after(100, 100)).isFalse();
    }

    @Test
    void three_in_a_row_within_a_tenth_are_steady() {
        assertThat(after(10, 50, 100, 109, 105)).isTrue();
    }

    @Test
    void three_that_still_rise_are_not() {
        assertThat(after(100, 106, 112)).isFalse();
    }

    @Test
    void one_that_falls_out_begins_the_row_anew() {
        assertThat(after(100, 100, 150, 100)).isFalse();
        assertThat(after(100, 100, 150, 100, 100, 100)).isTrue();
    }

    private static boolean after(double... repeats) {
        var steady = new SteadyState();
        for (var repeat : repeats) {
            steady.add(repeat);
        }
        return steady.isReached();
    }
}
