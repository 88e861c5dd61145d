package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.chunk;
import static dev.dagkeeper.history.Samples.recorded;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.LogStore.LogPosition;
import dev.dagkeeper.history.LogStore.LogSelection;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private RunStore runs;
    private LogStore logs;
    private LeaderStore leader;
    private WorkerStore worker;
    private long epoch;

    @BeforeAll
    void open() {
        var api = POSTGRES.open(Role.API);
        runs = api.runs();
        logs = api.logs();
        leader = POSTGRES.open(Role.MASTER).leader();
        worker = POSTGRES.open(Role.WORKER).worker();
        epoch = leader.raiseEpoch();
    }

    private List<StepKey> keys(int steps) {
        var run = Samples.run(steps);
        runs.create(run);
        return IntStream.range(0, steps)
                .mapToObj(step -> new StepKey(run.header().id(), step, StepKey.WHOLE))
                .toList();
    }

    private StepKey key() {
        return keys(1).getFirst();
    }

    private RunStore.StoredStep shown(StepKey key) {
        return runs.step(key.run(), "step_" + key.step()).getFirst();
    }

    @Test
    void a_result_is_recorded_with_its_attempt_and_the_rest_of_its_log() {
        var key = key();
        var failed = new Report.Failed("exit", "broken\0 and \uD800 odd", Optional.of(3), true);
        assertThat(worker.record(List.of(recorded(key, 1, failed, chunk(key, 1, 0, "bye\n")))))
                .containsExactly(key);
        var shown = shown(key);
        assertThat(shown.exitCode()).contains(3);
        assertThat(shown.error()).contains(new RunStore.StepError("exit", "broken\uFFFD and \uFFFD odd"));
        assertThat(shown.worker()).contains("worker~1");
        assertThat(shown.startedAt()).contains(NOW);
        assertThat(shown.endedAt()).as("not decided yet").isEmpty();
        assertThat(runs.attempts(key.run(), "step_0"))
                .containsExactly(new RunStore.StoredAttempt(
                        key,
                        1,
                        1,
                        "failed",
                        Optional.of("worker~1"),
                        Optional.of(NOW),
                        NOW.plusSeconds(1),
                        Optional.of(3),
                        shown.error()));
        assertThat(logs.read(LogSelection.of(key.run()), LogPosition.START, 10)).hasSize(1);
        leader.write(epoch, steps(step(key, StepState.FAILED, 1)));
        assertThat(shown(key).endedAt()).contains(NOW.plusSeconds(1));
    }

    @Test
    void outputs_come_back_as_they_were() {
        var key = key();
        var odd = Map.<String, tools.jackson.databind.JsonNode>of(
                "nul",
                text("a\0b"),
                "big",
                Json.read("123456789012345678901234567890.50"),
                "list",
                Json.read("[1,{\"b\":1,\"a\":2}]"));
        worker.record(List.of(recorded(key, 1, new Report.Succeeded(odd))));
        leader.write(epoch, steps(step(key, StepState.SUCCEEDED, 1)));
        assertThat(shown(key).outputs()).isEqualTo(odd);
    }

    @Test
    void a_log_chunk_that_is_there_already_stays_as_it_is() {
        var key = key();
        worker.appendLogs(List.of(chunk(key, 1, 0, "one\n"), chunk(key, 1, 1, "two\n")));
        worker.appendLogs(List.of(chunk(key, 1, 1, "changed\n"), chunk(key, 1, 2, "three\n")));
        assertThat(logs.read(LogSelection.of(key.run()), LogPosition.START, 10))
                .extracting(chunk -> new String(chunk.bytes(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactly("one\n", "two\n", "three\n");
    }
}
