package dev.dagkeeper.simulation;

import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import dev.dagkeeper.simulation.Wire.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What workers read and write, in memory; without logs. */
final class MemoryWorkerStore implements WorkerStore {
    private final MemoryHistory history;
    private final Wire wire;
    private final InstantSource clock;

    MemoryWorkerStore(MemoryHistory history, Wire wire, InstantSource clock) {
        this.history = history;
        this.wire = wire;
        this.clock = clock;
    }

    private <T> T ask(String operation, Supplier<T> request) {
        wire.asked(Store.POSTGRES, operation);
        var answer = request.get();
        wire.answered(Store.POSTGRES, operation);
        return answer;
    }

    @Override
    public Optional<RunHeader> header(RunId run) {
        return ask("header", () -> Optional.ofNullable(history.runs.get(run)).map(MemoryHistory.RunRow::header));
    }

    @Override
    public Map<StepKey, Extras> extras(Collection<StepKey> keys) {
        return ask("extras", () -> {
            var extras = new HashMap<StepKey, Extras>();
            for (var key : keys) {
                var row = history.steps.get(key);
                if (row != null) {
                    extras.put(key, new Extras(row.item(), row.resume()));
                }
            }
            return extras;
        });
    }

    @Override
    public Map<Integer, UpstreamRow> upstreams(RunId run, Collection<Integer> steps) {
        return ask("upstreams", () -> {
            var upstreams = new HashMap<Integer, UpstreamRow>();
            for (var step : steps) {
                var whole = history.steps.get(new StepKey(run, step, StepKey.WHOLE));
                if (whole != null) {
                    upstreams.put(step, new UpstreamRow(whole.state().text(), outputs(run, step)));
                }
            }
            return upstreams;
        });
    }

    private Map<String, JsonNode> outputs(RunId run, int step) {
        var outputs = new LinkedHashMap<String, JsonNode>();
        history.steps(run).forEach((key, row) -> {
            if (key.step() != step || (row.state() != StepState.SUCCEEDED && row.state() != StepState.WARNED)) {
                return;
            }
            if (key.index() == StepKey.WHOLE) {
                outputs.putAll(row.outputs());
            } else {
                row.outputs()
                        .forEach((name, value) -> ((ArrayNode)
                                        outputs.computeIfAbsent(name, n -> JsonNodeFactory.instance.arrayNode()))
                                .add(value));
            }
        });
        return outputs;
    }

    @Override
    public Set<StepKey> record(Collection<Recorded> results) {
        return ask("record " + results.size(), () -> {
            var transaction = history.new Transaction();
            var accepted = new LinkedHashSet<StepKey>();
            for (var result : results) {
                var row = history.steps.get(result.key());
                var attempt = new AttemptKey(result.key(), result.claim());
                if (row != null
                        && row.claim() == result.claim()
                        && row.recorded().isEmpty()
                        && !row.state().isFinal()) {
                    transaction.put(history.steps, result.key(), row.record(result));
                    if (!history.attempts.containsKey(attempt)) {
                        transaction.put(history.attempts, attempt, text(result.report()));
                    }
                    accepted.add(result.key());
                } else if (!history.attempts.getOrDefault(attempt, "lost").equals("lost")) {
                    accepted.add(result.key());
                }
            }
            transaction.commit(true);
            return accepted;
        });
    }

    private static String text(Report report) {
        return switch (report) {
            case Report.Succeeded _ -> "succeeded";
            case Report.Failed _ -> "failed";
            case Report.TimedOut _ -> "timed-out";
            case Report.Cancelled _ -> "cancelled";
            case Report.AskAgain _ -> "ask-again";
        };
    }

    @Override
    public Set<StepKey> standing(Map<StepKey, Integer> claims) {
        return ask("standing " + claims.size(), () -> {
            var standing = new LinkedHashSet<StepKey>();
            claims.forEach((key, claim) -> {
                var row = history.steps.get(key);
                if (row != null
                        && row.claim() == claim
                        && row.recorded().isEmpty()
                        && !row.state().isFinal()) {
                    standing.add(key);
                }
            });
            return standing;
        });
    }

    @Override
    public void appendLogs(Collection<LogChunk> chunks) {
        throw new UnsupportedOperationException("logs are not kept in memory");
    }

    @Override
    public Instant now() {
        return clock.instant();
    }
}
