package dev.dagkeeper.api.http;

import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * What runs wait for that have no place in their concurrency group. The leader writes who has the places once for the group
 * and not for each run, so it is looked up here. Thread-safe.
 */
final class QueuedRuns {
    private final RunStore runs;

    QueuedRuns(RunStore runs) {
        this.runs = runs;
    }

    /** The runs, those that wait with the reason that holds now where one is known. */
    List<StoredRun> explain(List<StoredRun> shown) {
        var keys = new LinkedHashMap<GroupName, String>();
        for (var run : shown) {
            group(run).ifPresent(name -> keys.computeIfAbsent(name, GroupName::key));
        }
        if (keys.isEmpty()) {
            return shown;
        }
        var reasons = runs.waiting(keys.values());
        return shown.stream()
                .map(run -> group(run)
                        .map(keys::get)
                        .map(reasons::get)
                        .map(run::withReason)
                        .orElse(run))
                .toList();
    }

    StoredRun explain(StoredRun run) {
        return explain(List.of(run)).getFirst();
    }

    private static Optional<GroupName> group(StoredRun run) {
        return run.state() == RunState.QUEUED && !run.reason().isEmpty()
                ? run.header().groupName()
                : Optional.empty();
    }
}
