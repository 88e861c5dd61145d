package dev.dagkeeper.simulation;

import dev.dagkeeper.history.FireWrites;
import dev.dagkeeper.history.LeaderStore.QueuedRun;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.simulation.MemoryHistory.FireKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a mutation changes of how fires and their runs are written and read. */
final class MutatedFires {
    private MutatedFires() {}

    static @Nullable Object cursorFirst(@Nullable Object epoch, RunWrites writes, Intercepted.Proceed proceed)
            throws Throwable {
        if (!Boolean.TRUE.equals(proceed.with(epoch, RunWrites.of(cursors(writes))))) {
            return false;
        }
        return proceed.with(epoch, withoutCursors(writes));
    }

    static @Nullable Object withoutKey(
            World world, @Nullable Object epoch, RunWrites writes, Intercepted.Proceed proceed) throws Throwable {
        writes.fires()
                .fires()
                .forEach(fire ->
                        world.history.fires.remove(new FireKey(fire.workflowId(), fire.trigger(), fire.fire())));
        if (!Boolean.TRUE.equals(proceed.with(epoch, withoutCursors(writes)))) {
            return false;
        }
        return proceed.with(epoch, RunWrites.of(cursors(writes)));
    }

    private static FireWrites cursors(RunWrites writes) {
        var fires = writes.fires();
        return new FireWrites(List.of(), fires.progress(), List.of(), fires.backfills());
    }

    private static RunWrites withoutCursors(RunWrites writes) {
        var fires = writes.fires();
        return new RunWrites(
                writes.steps(),
                writes.instances(),
                writes.lostAttempts(),
                writes.runs(),
                writes.events(),
                writes.commands(),
                new FireWrites(fires.fires(), List.of(), fires.changes(), List.of()),
                writes.alerts(),
                true);
    }

    static List<QueuedRun> withoutGroups(Object queued) {
        return ((List<?>) queued)
                .stream()
                        .map(QueuedRun.class::cast)
                        .map(run -> new QueuedRun(
                                run.id(),
                                run.revisionId(),
                                run.namespace(),
                                run.workflow(),
                                "",
                                run.priority(),
                                run.trigger(),
                                run.fire(),
                                run.due(),
                                run.waits()))
                        .toList();
    }
}
