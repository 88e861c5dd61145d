package dev.dagkeeper.simulation;

import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.ScriptedRun;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.schedule.Fires;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.simulation.MemoryHistory.BackfillRow;
import dev.dagkeeper.simulation.MemoryHistory.FireKey;
import dev.dagkeeper.simulation.MemoryHistory.RunRow;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The workflows that start by themselves, and what has to come of their fires: each has one outcome and at most one run, whichever
 * leader decides about it; no more runs of one are active than its group has places, nor of a backfill than it may have.
 */
final class Deployments {
    private static final long FIRST_REVISION = 1_000_000;

    /** So much of the past is gone through once more. */
    private static final int BACKFILLED_SECONDS = 6;

    private final World world;
    private final List<Deployed> deployed = new ArrayList<>();
    private final Map<FireKey, RunId> runs = new HashMap<>();
    private final Set<FireKey> fires = new HashSet<>();

    Deployments(World world) {
        this.world = world;
    }

    private record Deployed(StoredTrigger row, ScriptedRun script) {
        Schedule schedule() {
            return script.workflow().triggers().getFirst().schedule();
        }

        int places() {
            return script.workflow()
                    .concurrency()
                    .filter(concurrency -> concurrency.onConflict() != OnConflict.ALLOW)
                    .map(dev.dagkeeper.workflow.Concurrency::max)
                    .orElse(Integer.MAX_VALUE);
        }
    }

    static boolean has(long revision) {
        return revision >= FIRST_REVISION;
    }

    ScriptedRun script(long revision) {
        return deployed.get((int) (revision - FIRST_REVISION)).script();
    }

    /** Deploys a workflow with one trigger; its place among all. */
    int deploy(ScriptedRun script) {
        var workflow = script.workflow();
        int place = deployed.size();
        var trigger = workflow.triggers().getFirst();
        var row = new StoredTrigger(
                place + 1,
                place + 1,
                workflow.namespace(),
                workflow.name(),
                trigger.id(),
                FIRST_REVISION + place,
                1,
                ScheduleJson.write(trigger.schedule()),
                now(),
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty(),
                "",
                world.history.nextChange(),
                Optional.empty());
        deployed.add(new Deployed(row, script));
        world.history.put(row);
        return place;
    }

    private Instant now() {
        return World.EPOCH.plusNanos(world.schedule.now());
    }

    void pause(int place) {
        change(place, row -> withPause(row, Optional.of(now()), row.resumedAt()));
    }

    void resume(int place) {
        change(place, row -> withPause(row, Optional.empty(), Optional.of(now())));
    }

    private void change(int place, UnaryOperator<StoredTrigger> change) {
        world.history.put(change.apply(java.util.Objects.requireNonNull(world.history.triggers.get(place + 1L))));
    }

    private StoredTrigger withPause(StoredTrigger row, Optional<Instant> pausedAt, Optional<Instant> resumedAt) {
        return new StoredTrigger(
                row.id(),
                row.workflowId(),
                row.namespace(),
                row.workflow(),
                row.name(),
                row.revisionId(),
                row.revision(),
                row.schedule(),
                row.since(),
                row.removedAt(),
                pausedAt,
                "ada",
                resumedAt,
                resumedAt.isPresent() ? "bob" : "",
                world.history.nextChange(),
                row.progress());
    }

    /** Has the fires before the history began gone through. */
    void backfill(int place, int maxActive, Backfill.Direction direction, Backfill.Reprocess reprocess) {
        var row = deployed.get(place).row();
        var plan = Backfill.of(
                deployed.get(place).schedule(), World.EPOCH.minusSeconds(BACKFILLED_SECONDS), World.EPOCH, direction);
        long id = world.history.backfills.size() + 1L;
        var asked = new StoredBackfill(
                id,
                row.workflowId(),
                row.namespace(),
                row.workflow(),
                row.name(),
                row.revisionId(),
                row.revision(),
                ScheduleJson.write(plan.schedule()),
                reprocess,
                maxActive,
                direction,
                Map.of(),
                -10,
                false,
                Optional.empty(),
                Optional.empty(),
                Set.of());
        var transaction = world.history.new Transaction();
        transaction.put(world.history.backfills, id, new BackfillRow(asked, Optional.empty(), Optional.empty()));
        transaction.commit(true);
    }

    /** A transaction was committed that wrote about these. */
    void committed(List<RunRow> runRows, List<FireKey> fireKeys) {
        fires.addAll(fireKeys);
        for (var run : runRows) {
            if (has(run.header().revisionId())) {
                var key = key(run);
                var first = runs.putIfAbsent(key, run.header().id());
                if (first != null && !first.equals(run.header().id())) {
                    throw new Violation("a fire has two runs: " + key + " " + first + " and " + run);
                }
                checkPlaces(run);
            }
        }
    }

    private FireKey key(RunRow run) {
        var header = run.header();
        long workflow = header.revisionId() - FIRST_REVISION + 1;
        return new FireKey(workflow, header.facts().trigger(), header.facts().time());
    }

    private void checkPlaces(RunRow changed) {
        var header = changed.header();
        var places = deployed.get((int) (header.revisionId() - FIRST_REVISION)).places();
        long active = world.history.runs.values().stream()
                .filter(run -> run.header().revisionId() == header.revisionId())
                .filter(run ->
                        !run.state().isFinal() && run.written().startedAt().isPresent())
                .count();
        if (active > places) {
            throw new Violation("a group has " + places + " places and " + active + " active runs: " + changed);
        }
        Backfill.id(header.facts().trigger()).ifPresent(id -> {
            int most = java.util.Objects.requireNonNull(world.history.backfills.get(id))
                    .backfill()
                    .maxActive();
            long open = world.history.runs.values().stream()
                    .filter(run ->
                            run.header().facts().trigger().equals(header.facts().trigger()))
                    .filter(run -> !run.state().isFinal())
                    .count();
            if (open > most) {
                throw new Violation("a backfill may have " + most + " active runs and has " + open + ": " + changed);
            }
        });
    }

    /** A fire with its run is a fact. */
    void postgresCrashed() {
        fires.stream().filter(fire -> !world.history.fires.containsKey(fire)).forEach(fire -> {
            throw new Violation("a fire was lost: " + fire);
        });
        runs.forEach((fire, run) -> {
            if (!world.history.runs.containsKey(run)) {
                throw new Violation("the run of a fire was lost: " + fire);
            }
        });
    }

    /** Fires that there have to be and that have no outcome for good yet. */
    List<FireKey> missing() {
        return expected().stream()
                .filter(key -> Optional.ofNullable(world.history.fires.get(key))
                        .filter(fire -> fire.outcome() != FireOutcome.QUEUED)
                        .isEmpty())
                .sorted()
                .toList();
    }

    private Set<FireKey> expected() {
        var expected = new HashSet<FireKey>();
        for (var one : deployed) {
            Fires.of(one.schedule())
                    .between(one.row().since(), Instant.MAX)
                    .forEach(fire -> expected.add(
                            new FireKey(one.row().workflowId(), one.row().name(), fire)));
        }
        world.history.backfills.values().forEach(row -> {
            var asked = row.backfill();
            Fires.of(ScheduleJson.read(asked.schedule()))
                    .between(Instant.MIN, Instant.MAX)
                    .forEach(fire -> expected.add(new FireKey(asked.workflowId(), Backfill.trigger(asked.id()), fire)));
        });
        return expected;
    }

    boolean isQuiet() {
        return missing().isEmpty()
                && world.history.backfills.values().stream()
                        .allMatch(row -> row.end().isPresent());
    }

    void checkEnd() {
        var expected = expected();
        world.history.fires.forEach((key, fire) -> {
            if (!expected.contains(key)) {
                throw new Violation("there is no such fire: " + key);
            }
            var run =
                    fire.run().map(made -> world.history.runs.get(made.header().id()));
            boolean ran =
                    run.filter(row -> row.written().startedAt().isPresent()).isPresent();
            if (ran != (fire.outcome() == FireOutcome.STARTED)) {
                throw new Violation("a fire that is " + fire.outcome() + " (" + fire.reason() + ") has the run " + run);
            }
        });
        runs.forEach((key, run) -> {
            var fire = world.history.fires.get(key);
            if (fire == null
                    || fire.run().filter(made -> made.header().id().equals(run)).isEmpty()) {
                throw new Violation("a run without its fire: " + key + " " + run + ", but " + fire);
            }
        });
    }

    /** Whether its group, or a fire that was too late, may have ended a run like that. */
    boolean mayBe(RunRow run) {
        if (!has(run.header().revisionId())) {
            return false;
        }
        var conflict =
                script(run.header().revisionId()).workflow().concurrency().map(group -> group.onConflict());
        return switch (run.state()) {
            case SKIPPED -> conflict.isPresent();
            case FAILED -> conflict.equals(Optional.of(OnConflict.FAIL));
            case CANCELLED -> conflict.equals(Optional.of(OnConflict.CANCEL_RUNNING));
            default -> false;
        };
    }
}
