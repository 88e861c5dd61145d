package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.api.client.RunStep;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StepTimesTest {
    @Test
    void a_step_waits_from_the_last_end_among_those_it_needs() {
        var times = of("""
                a: {uses: noop}
                b: {uses: noop}
                c: {uses: noop, needs: [a, b]}
                """);
        add(times, "c", null, 1, 10, 12);
        add(times, "a", null, 1, 0, 3);
        add(times, "b", null, 1, 0, 8);
        assertThat(times.count()).isEqualTo(3);
        assertThat(p50(times)).hasValue(2000);
    }

    @Test
    void of_a_foreach_the_instances_count_and_what_follows_waits_for_the_whole() {
        var times = of("""
                a: {uses: noop}
                b: {uses: noop, needs: [a], foreach: {in: "[1, 2]", as: n}}
                c: {uses: noop, needs: [b]}
                """);
        add(times, "a", null, 1, 0, 1);
        add(times, "b", null, 1, 2, 9);
        add(times, "b", 0, 1, 2, 8);
        add(times, "b", 1, 1, 2, 9);
        add(times, "c", null, 1, 10, 11);
        assertThat(times.count()).isEqualTo(4);
        var samples = new Samples();
        times.waits(samples);
        assertThat(samples.percentile(1)).hasValue(1000);
        assertThat(samples.percentile(100)).hasValue(1000);
    }

    @Test
    void steps_that_never_started_do_not_count_and_retried_ones_say_nothing_of_dispatch() {
        var times = of("""
                a: {uses: noop}
                b: {uses: noop, needs: [a]}
                c: {uses: noop, needs: [b], when: "false"}
                """);
        add(times, "a", null, 1, 0, 1);
        add(times, "b", null, 2, 30, 31);
        times.add(step("c", null, 1, "null", "\"2026-01-01T00:00:31Z\""));
        assertThat(times.count()).isEqualTo(2);
        assertThat(p50(times)).isEmpty();
    }

    private static OptionalDouble p50(StepTimes times) {
        var samples = new Samples();
        times.waits(samples);
        return samples.percentile(50);
    }

    private static StepTimes of(String steps) {
        return new StepTimes(ShapeTest.compiled("version: 1\nname: x\nsteps:\n" + steps.indent(2)));
    }

    private static void add(StepTimes times, String id, @Nullable Integer index, int attempt, int start, int end) {
        times.add(step(id, index, attempt, at(start), at(end)));
    }

    private static String at(int second) {
        return "\"2026-01-01T00:00:%02dZ\"".formatted(second);
    }

    private static RunStep step(String id, @Nullable Integer index, int attempt, String start, String end) {
        return new RunStep(JsonMapper.shared().readTree("""
                {"id": "%s", "index": %s, "state": "succeeded", "attempt": %d, "startedAt": %s, "endedAt": %s}
                """.formatted(id, index, attempt, start, end)));
    }
}
