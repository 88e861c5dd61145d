package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.ScriptedRun;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An api process and those who use it: submits runs, and cancels or kills some. What it acknowledged is stored. */
final class Users extends Node {
    Users(World world) {
        super(world, "api", Duration.ofSeconds(6));
    }

    @Override
    void started() {}

    @Override
    void ended() {}

    @Override
    void wake() {}

    /** Submits a run at some time, and perhaps asks for its end later. */
    void submit(Duration in) {
        world.in(in, () -> {
            if (world.isPostgresAway()) {
                submit(Duration.ofMillis(500));
                return;
            }
            var run = create();
            ring(Bells.RUNS);
            if (world.random.nextInt(5) == 0) {
                interrupt(Duration.ofMillis(world.random.nextInt(8_000)), run);
            }
        });
    }

    private RunId create() {
        var random = world.random;
        var now = World.EPOCH.plusNanos(world.schedule.now());
        // As RunIds makes them, by the time of the creation.
        long high = (now.toEpochMilli() << 16) | 0x7000 | world.runs.size();
        var id = new RunId(new UUID(high, Long.MIN_VALUE | (random.nextLong() >>> 2)));
        var script = ScriptedRun.draw(random.nextInt(100_000));
        long revision = world.runs.size();
        world.runs.put(id, script);
        var facts = new RunFacts(id.toString(), "test", 1, now, now, now, "");
        var header = new RunHeader(id, revision, "default", facts, 0, Map.of(), now, Optional.empty());
        var steps = script.workflow().steps().stream()
                .map(step -> new NewRun.PendingStep(step.displayName(), "waits"))
                .toList();
        world.trace(name, "submits " + id + " to be " + script.verdict());
        world.history.create(new NewRun(header, Map.of(), List.copyOf(steps), Optional.empty()));
        return id;
    }

    private void interrupt(Duration in, RunId run) {
        world.in(in, () -> {
            if (world.isPostgresAway()) {
                interrupt(Duration.ofMillis(500), run);
                return;
            }
            var kind = world.random.nextBoolean() ? "kill" : "cancel";
            world.trace(name, kind + " " + run);
            world.history.command(run, kind, "test");
            ring(Bells.COMMANDS);
        });
    }

    private void ring(String bell) {
        if (isAlive() && !world.faults.strikes(Fault.BELL_LOST)) {
            main.in(Duration.ofMillis(1), () -> new Bells(client()).ring(bell));
        }
    }
}
