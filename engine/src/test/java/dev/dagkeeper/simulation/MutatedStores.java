package dev.dagkeeper.simulation;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.LoadedRun;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.run.StepKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a mutation changes of the stores in Postgres. */
final class MutatedStores {
    private MutatedStores() {}

    static LeaderStore leader(Mutation mutation, World world, LeaderStore real) {
        return Intercepted.of(LeaderStore.class, real, (method, arguments, proceed) -> switch (method) {
            case "write" -> write(mutation, world, arguments, proceed);
            case "raiseEpoch" ->
                mutation == Mutation.EPOCH_NOT_RAISED && world.history.epoch() > 0
                        ? world.history.epoch()
                        : proceed.with();
            case "mayHaveLostWrites" -> mutation == Mutation.CLAIM_NOT_RAISED_AFTER_A_CRASH ? false : proceed.with();
            case "queuedRuns" ->
                mutation == Mutation.GROUPS_FORGOTTEN
                        ? MutatedFires.withoutGroups(Objects.requireNonNull(proceed.with(arguments)))
                        : proceed.with(arguments);
            case "load" ->
                mutation == Mutation.EVENT_NUMBERS_SKIP_TOO_LITTLE
                        ? withOldNumbers(world, Objects.requireNonNull(proceed.with(arguments)))
                        : proceed.with(arguments);
            default -> proceed.with(arguments);
        });
    }

    private static @Nullable Object write(
            Mutation mutation, World world, @Nullable Object[] arguments, Intercepted.Proceed proceed)
            throws Throwable {
        if (mutation == Mutation.CRASH_OF_POSTGRES_NOT_NOTICED) {
            world.history.forgetCrash();
        }
        var epoch = mutation == Mutation.EPOCH_NOT_COMPARED_IN_POSTGRES ? world.history.epoch() : arguments[0];
        var writes = writes(arguments);
        if (!writes.fires().fires().isEmpty()) {
            switch (mutation) {
                case CURSOR_BEFORE_FIRES -> {
                    return MutatedFires.cursorFirst(epoch, writes, proceed);
                }
                case FIRES_WITHOUT_KEY -> {
                    return MutatedFires.withoutKey(world, epoch, writes, proceed);
                }
                case FIRES_NOT_DURABLE -> {
                    // Claims in the same transaction are another error.
                    return proceed.with(epoch, writes.steps().isEmpty() ? notDurable(writes) : writes);
                }
                default -> {}
            }
        }
        return proceed.with(
                epoch,
                switch (mutation) {
                    case RAISED_CLAIM_NOT_WRITTEN -> withOldClaims(world, writes);
                    case RAISED_CLAIM_NOT_DURABLE -> notDurable(writes);
                    default -> writes;
                });
    }

    private static RunWrites writes(@Nullable Object[] arguments) {
        return (RunWrites) Objects.requireNonNull(arguments[1]);
    }

    private static RunWrites notDurable(RunWrites writes) {
        return new RunWrites(
                writes.steps(),
                writes.instances(),
                writes.lostAttempts(),
                writes.runs(),
                writes.events(),
                writes.commands(),
                writes.fires(),
                writes.alerts(),
                false);
    }

    private static RunWrites withOldClaims(World world, RunWrites writes) {
        var steps = writes.steps().stream()
                .map(step -> withClaim(step, claim(world, step.key(), step.claim())))
                .toList();
        return new RunWrites(
                steps,
                writes.instances(),
                writes.lostAttempts(),
                writes.runs(),
                writes.events(),
                writes.commands(),
                writes.fires(),
                writes.alerts(),
                writes.durable());
    }

    private static int claim(World world, StepKey key, int otherwise) {
        var row = world.history.steps.get(key);
        return row == null ? otherwise : row.claim();
    }

    private static StepWrite withClaim(StepWrite step, int claim) {
        return new StepWrite(
                step.key(),
                step.state(),
                step.reason(),
                claim,
                step.attempt(),
                step.lost(),
                step.worker(),
                step.startedAt(),
                step.endedAt(),
                step.due());
    }

    /** As if the number to begin with did not depend on the epoch. */
    private static List<LoadedRun> withOldNumbers(World world, Object loaded) {
        var runs = new ArrayList<LoadedRun>();
        for (var each : (List<?>) loaded) {
            var run = (LoadedRun) each;
            long seq = run.lastSeq() == 0 ? 0 : run.lastSeq() + 1_000;
            runs.add(new LoadedRun(
                    run.header(),
                    run.state(),
                    run.reason(),
                    run.verdict(),
                    run.startedAt(),
                    seq - 1_000 * world.history.epoch(),
                    run.steps(),
                    run.struck()));
        }
        return runs;
    }

    static WorkerStore worker(Mutation mutation, World world, WorkerStore real) {
        return Intercepted.of(WorkerStore.class, real, (method, arguments, proceed) -> {
            if (!method.equals("record")) {
                return proceed.with(arguments);
            }
            var results = results(arguments);
            if (mutation == Mutation.UNLOCKED_BEFORE_RECORDED) {
                results.forEach(result -> world.zooKeeper.delete(Lock.path(result.key())));
            }
            return proceed.with(
                    mutation == Mutation.CLAIM_NOT_COMPARED_WHEN_RECORDED
                            ? results.stream()
                                    .map(result -> underAnyClaim(world, result))
                                    .toList()
                            : results);
        });
    }

    private static List<Recorded> results(@Nullable Object[] arguments) {
        var results = new ArrayList<Recorded>();
        ((Collection<?>) Objects.requireNonNull(arguments[0])).forEach(result -> results.add((Recorded) result));
        return results;
    }

    private static Recorded underAnyClaim(World world, Recorded result) {
        return new Recorded(
                result.key(),
                claim(world, result.key(), result.claim()),
                result.attempt(),
                result.worker(),
                result.report(),
                result.exitCode(),
                result.state(),
                result.startedAt(),
                result.endedAt(),
                result.logTail());
    }
}
