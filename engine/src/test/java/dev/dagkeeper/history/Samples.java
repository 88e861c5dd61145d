package dev.dagkeeper.history;

import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Runs and writes for tests, valid unless said otherwise. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-22T20:30:00.123456Z");
    static final RunIds IDS = new RunIds(InstantSource.fixed(NOW));
    static final RunWrites NOTHING =
            new RunWrites(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), true);

    private Samples() {}

    static NewRun run(int steps) {
        return run("hello", steps, Map.of());
    }

    static NewRun run(String workflow, int steps, Map<String, String> labels) {
        return run(IDS.next(), NOW, workflow, steps, labels);
    }

    static NewRun run(RunId id, Instant created, String workflow, int steps, Map<String, String> labels) {
        var facts = new RunFacts(id.toString(), workflow, 3, created, created.minusSeconds(60), created, "");
        var header = new RunHeader(
                id,
                7,
                "default",
                facts,
                5,
                Map.of("day", text("2026-11-22")),
                created,
                Optional.of(created.plusSeconds(900)));
        var names = IntStream.range(0, steps)
                .mapToObj(i -> new NewRun.PendingStep("step_" + i, "waits"))
                .toList();
        return new NewRun(header, labels, names, Optional.empty());
    }

    static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    static JsonNode number(int value) {
        return JsonNodeFactory.instance.numberNode(value);
    }

    static StepWrite step(StepKey key, StepState state, int claim) {
        return step(key, state, claim, 1);
    }

    static StepWrite step(StepKey key, StepState state, int claim, int attempt) {
        return new StepWrite(
                key,
                state,
                "",
                claim,
                attempt,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static RunWrite run(RunId run, RunState state) {
        return new RunWrite(run, state, "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static EventWrite event(RunId run, long seq) {
        return new EventWrite(
                run,
                seq,
                NOW,
                Optional.of("step_0"),
                Optional.empty(),
                Optional.of(1),
                "step",
                "pending",
                "blocked",
                "",
                Optional.empty());
    }

    static RunWrites steps(StepWrite... steps) {
        return new RunWrites(List.of(steps), List.of(), List.of(), List.of(), List.of(), List.of(), true);
    }

    static RunWrites runs(RunWrite... runs) {
        return new RunWrites(List.of(), List.of(), List.of(), List.of(runs), List.of(), List.of(), true);
    }

    static RunWrites events(EventWrite... events) {
        return new RunWrites(List.of(), List.of(), List.of(), List.of(), List.of(events), List.of(), false);
    }

    static Recorded recorded(StepKey key, int claim, Report report, LogChunk... tail) {
        return new Recorded(
                key,
                claim,
                1,
                "worker~1",
                report,
                report instanceof Report.Failed failed ? failed.exitCode() : Optional.empty(),
                Optional.empty(),
                NOW,
                NOW.plusSeconds(1),
                List.of(tail));
    }

    static Recorded succeeded(StepKey key, int claim) {
        return recorded(key, claim, new Report.Succeeded(Map.of("rows", number(42))));
    }

    static LogChunk chunk(StepKey key, int claim, int seq, String text) {
        return new LogChunk(key, claim, 1, seq, NOW.plusMillis(seq), text.getBytes(StandardCharsets.UTF_8));
    }
}
