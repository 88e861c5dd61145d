package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How writes are prepared before they go to Postgres. */
class WritesTest {
    private final StepKey key = new StepKey(Samples.IDS.next(), 4, StepKey.WHOLE);

    private StepWrite started(int claim) {
        return new StepWrite(
                key,
                StepState.RUNNING,
                "",
                claim,
                1,
                0,
                Optional.of("w"),
                Optional.of(NOW),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void writes_are_put_in_the_order_of_their_keys() {
        var other = new StepKey(key.run(), 2, StepKey.WHOLE);
        assertThat(Merged.steps(List.of(step(key, StepState.BLOCKED, 1), step(other, StepState.BLOCKED, 1))))
                .extracting(StepWrite::key)
                .containsExactly(other, key);
    }

    @Test
    void a_later_write_keeps_the_start_of_the_same_claim_only() {
        assertThat(Merged.steps(List.of(started(1), step(key, StepState.SUCCEEDED, 1)))
                        .getFirst()
                        .startedAt())
                .contains(NOW);
        assertThat(Merged.steps(List.of(started(1), step(key, StepState.WAITING, 2)))
                        .getFirst()
                        .startedAt())
                .isEmpty();
    }

    @Test
    void nothing_follows_a_final_state() {
        assertThat(Merged.steps(List.of(step(key, StepState.FAILED, 1), step(key, StepState.QUEUED, 2))))
                .containsExactly(step(key, StepState.FAILED, 1));
    }

    @Test
    void a_later_write_to_a_run_keeps_what_it_leaves_out() {
        var outputs = Optional.of(Map.of("a", Samples.text("b")));
        var first = new RunWrite(
                key.run(),
                RunState.RUNNING,
                "hooks",
                Optional.of(RunState.FAILED),
                Optional.of(NOW),
                Optional.empty(),
                outputs);
        var second = new RunWrite(
                key.run(), RunState.FAILED, "", Optional.empty(), Optional.empty(), Optional.of(NOW), Optional.empty());
        assertThat(Merged.runs(List.of(first, second)))
                .containsExactly(new RunWrite(
                        key.run(),
                        RunState.FAILED,
                        "",
                        Optional.of(RunState.FAILED),
                        Optional.of(NOW),
                        Optional.of(NOW),
                        outputs));
    }

    @Test
    void notifications_stay_under_what_postgres_allows() {
        var runs = IntStream.range(0, 1000).mapToObj(i -> Samples.IDS.next()).toList();
        var payloads = LeaderStatements.payloads(runs);
        assertThat(payloads)
                .allSatisfy(payload -> assertThat(payload.getBytes(StandardCharsets.UTF_8).length)
                        .isLessThan(8000));
        assertThat(String.join(",", payloads).split(",", -1)).hasSize(1000);
        assertThat(LeaderStatements.payloads(runs.subList(0, 216))).hasSize(1);
    }

    @Test
    void text_loses_only_what_postgres_cannot_store() {
        assertThat(Text.storable("größe \uD83D\uDE00")).isEqualTo("größe \uD83D\uDE00");
        assertThat(Text.storable("a\0b\uD83Dc")).isEqualTo("a\uFFFDb\uFFFDc");
    }
}
