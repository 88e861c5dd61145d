package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.ScriptedRun;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An api process and those who use it: submits runs, and cancels or kills some. What it acknowledged is stored. */
final class Users extends Node {
    private int deployed;

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
        unlessAway(in, () -> {
            var run = create();
            ring(Bells.RUNS);
            if (world.random.nextInt(5) == 0) {
                interrupt(Duration.ofMillis(world.random.nextInt(8_000)), run);
            }
        });
    }

    /** Deploys a workflow that starts by itself, and perhaps pauses it for a while or has its past gone through. */
    void deploy(Duration in) {
        unlessAway(in, () -> {
            var random = world.random;
            int place = world.deployments.deploy(TriggeredWorkflows.draw(random, ++deployed));
            world.trace(name, "deploys w" + deployed);
            ring(Bells.TRIGGERS);
            if (random.nextInt(3) == 0) {
                pause(Duration.ofMillis(random.nextInt(6_000)), place);
            }
            if (random.nextInt(3) == 0) {
                backfill(Duration.ofMillis(random.nextInt(6_000)), place);
            }
        });
    }

    private void pause(Duration in, int place) {
        unlessAway(in, () -> {
            world.trace(name, "pauses trigger " + place);
            world.deployments.pause(place);
            ring(Bells.TRIGGERS);
            if (world.random.nextBoolean()) {
                unlessAway(Duration.ofMillis(world.random.nextInt(4_000)), () -> {
                    world.trace(name, "resumes trigger " + place);
                    world.deployments.resume(place);
                    ring(Bells.TRIGGERS);
                });
            }
        });
    }

    private void backfill(Duration in, int place) {
        unlessAway(in, () -> {
            var random = world.random;
            world.trace(name, "backfills trigger " + place);
            world.deployments.backfill(
                    place,
                    1 + random.nextInt(3),
                    random.nextBoolean() ? Backfill.Direction.OLDEST_FIRST : Backfill.Direction.NEWEST_FIRST,
                    random.nextBoolean() ? Backfill.Reprocess.ALL : Backfill.Reprocess.MISSING);
            ring(Bells.TRIGGERS);
        });
    }

    private void unlessAway(Duration in, Runnable what) {
        world.in(in, () -> {
            if (world.isPostgresAway()) {
                unlessAway(Duration.ofMillis(500), what);
            } else {
                what.run();
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
        unlessAway(in, () -> {
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
