package dev.dagkeeper.api.http;

import dev.dagkeeper.history.CommandStore;
import dev.dagkeeper.history.CommandStore.StoredCommand;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.run.RunId;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators want done with a run. The leader decides; an answer waits a moment for it. Thread-safe. */
final class RunCommands {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommands.class);

    private final CommandStore commands;
    private final RunLookup lookup;
    private final News news;
    private final RunBells bells;

    RunCommands(CommandStore commands, RunLookup lookup, News news, RunBells bells) {
        this.commands = commands;
        this.lookup = lookup;
        this.news = news;
        this.bells = bells;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/runs/{id}:cancel", call -> give(call, "cancel")),
                Route.post("/v1/runs/{id}:kill", call -> give(call, "kill")));
    }

    private Answer give(Call call, String kind) throws InterruptedException {
        call.query();
        var run = lookup.run(call);
        var id = run.header().id();
        if (run.state().isFinal()) {
            throw refused(kind, id, "it has ended already, " + run.state().text());
        }
        try (var watch = news.watch(id)) {
            var command = commands.add(id, kind, call.by());
            ring(id);
            var outcome = await(command, watch, call.limits());
            if (outcome.isPresent() && !outcome.get().applied()) {
                throw refused(kind, id, outcome.get().reason());
            }
            return new Answer.Json(
                    outcome.isPresent() ? 200 : 202, json(command, id, kind, outcome), java.util.Map.of());
        }
    }

    private Optional<CommandOutcome> await(long command, News.Watch watch, HttpLimits limits)
            throws InterruptedException {
        var until = System.nanoTime() + limits.commandWait().toNanos();
        while (true) {
            var left = until - System.nanoTime();
            var told = left > 0 && watch.await(java.time.Duration.ofNanos(left));
            var outcome = commands.find(command).flatMap(StoredCommand::outcome);
            if (outcome.isPresent() || !told) {
                if (outcome.isPresent() && !told) {
                    news.countUntold();
                }
                return outcome;
            }
        }
    }

    private void ring(RunId id) {
        try {
            bells.commandGiven(id);
        } catch (RuntimeException e) {
            LOG.debug("bell not rung run={}", id, e);
        }
    }

    private static ApiProblem refused(String kind, RunId run, String reason) {
        return ApiProblem.of(409, "command-refused", kind + " of run " + run + " is refused: " + reason);
    }

    private static tools.jackson.databind.node.ObjectNode json(
            long command, RunId run, String kind, Optional<CommandOutcome> outcome) {
        var json = Json.object();
        json.put("id", command);
        json.put("run", run.toString());
        json.put("kind", kind);
        json.put("outcome", outcome.isPresent() ? "applied" : "pending");
        Json.putText(json, "reason", outcome.map(CommandOutcome::reason).orElse(""));
        return json;
    }
}
