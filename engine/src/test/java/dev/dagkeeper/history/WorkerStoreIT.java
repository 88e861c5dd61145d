package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.chunk;
import static dev.dagkeeper.history.Samples.number;
import static dev.dagkeeper.history.Samples.recorded;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.succeeded;
import static dev.dagkeeper.history.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.LogStore.LogPosition;
import dev.dagkeeper.history.LogStore.LogSelection;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.node.JsonNodeFactory;

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
    void the_fixed_part_of_a_run_is_read_as_it_was_created() {
        var run = Samples.run(1);
        runs.create(run);
        assertThat(worker.header(run.header().id())).contains(run.header());
        assertThat(worker.header(Samples.IDS.next())).isEmpty();
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
    void recording_twice_is_recording_once() {
        var key = key();
        assertThat(worker.record(List.of(succeeded(key, 1)))).containsExactly(key);
        assertThat(worker.record(List.of(succeeded(key, 1)))).containsExactly(key);
        assertThat(worker.record(List.of(recorded(key, 1, new Report.Cancelled()))))
                .containsExactly(key);
        assertThat(shown(key).outputs()).isEqualTo(Map.of("rows", number(42)));
        assertThat(runs.attempts(key.run(), "step_0")).hasSize(1);
    }

    @Test
    void a_result_stands_recorded_after_the_leader_went_on_to_the_next_claim() {
        var key = key();
        var failed = new Report.Failed("exit", "no", Optional.of(1), true);
        worker.record(List.of(recorded(key, 1, failed)));
        leader.write(epoch, steps(step(key, StepState.WAITING, 2, 2)));
        assertThat(worker.record(List.of(recorded(key, 1, failed)))).containsExactly(key);
        assertThat(runs.attempts(key.run(), "step_0")).hasSize(1);
    }

    @Test
    void a_result_under_an_old_claim_is_refused() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.QUEUED, 2)));
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
        assertThat(shown(key).outputs()).isEmpty();
        assertThat(runs.attempts(key.run(), "step_0")).isEmpty();
        assertThat(worker.record(List.of(succeeded(key, 2)))).containsExactly(key);
    }

    @Test
    void a_result_for_a_final_step_is_refused() {
        var key = key();
        leader.write(epoch, steps(step(key, StepState.CANCELLED, 1)));
        assertThat(worker.record(List.of(succeeded(key, 1)))).isEmpty();
        assertThat(shown(key).state()).isEqualTo(StepState.CANCELLED);
    }

    @Test
    void of_many_results_only_those_that_stand_are_recorded() {
        var keys = keys(200);
        leader.write(epoch, steps(step(keys.get(7), StepState.QUEUED, 2), step(keys.get(150), StepState.SKIPPED, 1)));
        var results = new ArrayList<WorkerStore.Recorded>();
        keys.reversed().forEach(key -> results.add(succeeded(key, 1)));
        assertThat(worker.record(results))
                .hasSize(198)
                .doesNotContain(keys.get(7), keys.get(150))
                .contains(keys.getFirst(), keys.getLast());
    }

    @Test
    void standing_claims_are_current_unreported_and_not_final() {
        var keys = keys(4);
        leader.write(epoch, steps(step(keys.get(1), StepState.QUEUED, 2), step(keys.get(2), StepState.SKIPPED, 1)));
        worker.record(List.of(succeeded(keys.get(3), 1)));
        assertThat(worker.standing(Map.of(keys.get(0), 1, keys.get(1), 1, keys.get(2), 1, keys.get(3), 1)))
                .containsExactly(keys.get(0));
    }

    @Test
    void upstream_outputs_of_a_foreach_are_lists_in_item_order_without_those_that_gave_none() {
        var run = keys(3).getFirst().run();
        var items = IntStream.range(0, 11).mapToObj(Samples::number);
        leader.write(
                epoch,
                new RunWrites(
                        List.of(),
                        List.of(new NewInstances(run, 1, "step_1", items.toList(), "waits")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        true));
        var plain = new StepKey(run, 0, StepKey.WHOLE);
        worker.record(List.of(succeeded(plain, 1), output(run, 10), output(run, 2), output(run, 5)));
        leader.write(
                epoch,
                steps(
                        step(plain, StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, StepKey.WHOLE), StepState.WARNED, 1),
                        step(new StepKey(run, 1, 10), StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, 2), StepState.SUCCEEDED, 1),
                        step(new StepKey(run, 1, 5), StepState.CANCELLED, 1),
                        step(new StepKey(run, 1, 3), StepState.FAILED, 1)));
        var list = JsonNodeFactory.instance.arrayNode().add(2).add(10);
        assertThat(worker.upstreams(run, List.of(0, 1, 2)))
                .isEqualTo(Map.of(
                        0, new UpstreamRow("succeeded", Map.of("rows", number(42))),
                        1, new UpstreamRow("warned", Map.of("n", list)),
                        2, new UpstreamRow("pending", Map.of())));
        assertThat(worker.extras(List.of(new StepKey(run, 1, 5), plain)))
                .isEqualTo(Map.of(
                        new StepKey(run, 1, 5),
                        new WorkerStore.Extras(Optional.of(number(5)), Optional.empty()),
                        plain,
                        new WorkerStore.Extras(Optional.empty(), Optional.empty())));
    }

    private static WorkerStore.Recorded output(RunId run, int index) {
        return recorded(new StepKey(run, 1, index), 1, new Report.Succeeded(Map.of("n", number(index))));
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
