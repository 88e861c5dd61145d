package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.LogStore.LogPosition;
import dev.dagkeeper.history.LogStore.LogSelection;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private RunStore runs;
    private LogStore logs;
    private WorkerStore worker;

    @BeforeAll
    void open() {
        var api = POSTGRES.open(Role.API);
        runs = api.runs();
        logs = api.logs();
        worker = POSTGRES.open(Role.WORKER).worker();
    }

    private RunId created() {
        var run = Samples.run(3);
        runs.create(run);
        return run.header().id();
    }

    private static LogChunk chunk(RunId run, int step, int claim, int attempt, int seq, int millis, String text) {
        return new LogChunk(
                new StepKey(run, step, StepKey.WHOLE),
                claim,
                attempt,
                seq,
                NOW.plusMillis(millis),
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(List<LogChunk> chunks) {
        return String.join(
                "",
                chunks.stream()
                        .map(chunk -> new String(chunk.bytes(), StandardCharsets.UTF_8))
                        .toList());
    }

    @Test
    void chunks_of_all_steps_come_in_order_of_time_and_of_their_numbers() {
        var run = created();
        worker.appendLogs(List.of(
                chunk(run, 0, 1, 1, 0, 10, "a"),
                chunk(run, 0, 1, 1, 1, 30, "c"),
                chunk(run, 0, 1, 1, 2, 5, "d"),
                chunk(run, 1, 1, 1, 0, 20, "b")));
        assertThat(text(logs.read(LogSelection.of(run), LogPosition.START, 10))).isEqualTo("abcd");
    }

    @Test
    void a_follower_sees_every_chunk_once_however_late_it_is_written() {
        var run = created();
        worker.appendLogs(List.of(chunk(run, 0, 1, 1, 0, 100, "a"), chunk(run, 0, 1, 1, 1, 200, "b")));
        var first = logs.read(LogSelection.of(run), LogPosition.START, 10);
        var position = LogPosition.START.after(first);
        // An older time, from a worker that could not write before.
        worker.appendLogs(List.of(chunk(run, 1, 1, 1, 0, 50, "late"), chunk(run, 0, 1, 1, 2, 300, "c")));
        var second = logs.read(LogSelection.of(run), position, 10);
        assertThat(text(second)).isEqualTo("latec");
        assertThat(logs.read(LogSelection.of(run), position.after(second), 10)).isEmpty();
    }

    @Test
    void pages_follow_each_other() {
        var run = created();
        worker.appendLogs(IntStream.range(0, 25)
                .mapToObj(i -> chunk(run, i % 3, 1, 1, i / 3, i, i + " "))
                .toList());
        var all = new ArrayList<LogChunk>();
        var position = LogPosition.START;
        while (true) {
            var page = logs.read(LogSelection.of(run), position, 4);
            if (page.isEmpty()) {
                break;
            }
            all.addAll(page);
            position = position.after(page);
        }
        assertThat(text(all)).isEqualTo(text(logs.read(LogSelection.of(run), LogPosition.START, 1000)));
        assertThat(all).hasSize(25);
    }

    @Test
    void a_step_and_one_of_its_attempts_can_be_selected() {
        var run = created();
        worker.appendLogs(List.of(
                chunk(run, 0, 1, 1, 0, 1, "other"),
                chunk(run, 1, 1, 1, 0, 2, "first "),
                chunk(run, 1, 2, 2, 0, 3, "second")));
        var step = new LogSelection(run, Optional.of("step_1"), Optional.empty(), Optional.empty());
        assertThat(text(logs.read(step, LogPosition.START, 10))).isEqualTo("first second");
        var attempt = new LogSelection(run, Optional.of("step_1"), Optional.of(StepKey.WHOLE), Optional.of(2));
        assertThat(text(logs.read(attempt, LogPosition.START, 10))).isEqualTo("second");
        var unknown = new LogSelection(run, Optional.of("unknown"), Optional.empty(), Optional.empty());
        assertThat(logs.read(unknown, LogPosition.START, 10)).isEmpty();
    }

    @Test
    void the_tail_is_whole_lines_from_the_end() {
        var run = created();
        worker.appendLogs(List.of(
                chunk(run, 0, 1, 1, 0, 1, "1\n2\n3"),
                chunk(run, 0, 1, 1, 1, 2, " go\n4\n"),
                chunk(run, 0, 1, 1, 2, 3, "5\n")));
        var all = LogSelection.of(run);
        assertThat(text(logs.tail(all, 1))).isEqualTo("5\n");
        assertThat(text(logs.tail(all, 2))).isEqualTo("4\n5\n");
        assertThat(text(logs.tail(all, 3))).isEqualTo("3 go\n4\n5\n");
        assertThat(text(logs.tail(all, 100))).isEqualTo("1\n2\n3 go\n4\n5\n");
        assertThat(logs.tail(LogSelection.of(created()), 5)).isEmpty();
    }

    @Test
    void a_long_tail_is_read_as_far_as_it_is_asked_for() {
        var run = created();
        var line = "x".repeat(999) + "\n";
        worker.appendLogs(IntStream.range(0, 300)
                .mapToObj(i -> chunk(run, 0, 1, 1, i, i, line))
                .toList());
        assertThat(text(logs.tail(LogSelection.of(run), 200))).isEqualTo(line.repeat(200));
        assertThat(text(logs.tail(LogSelection.of(run), 10))).isEqualTo(line.repeat(10));
    }
}
