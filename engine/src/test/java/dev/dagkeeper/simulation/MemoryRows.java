package dev.dagkeeper.simulation;

import dev.dagkeeper.history.HistoryContract;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import java.time.InstantSource;
import java.util.List;

/** The rows of the tables in memory. */
record MemoryRows(MemoryHistory history) implements HistoryContract.Rows {
    MemoryRows() {
        this(new MemoryHistory(MemoryHistory.Observer.NONE));
    }

    @Override
    public LeaderStore leader() {
        return new MemoryLeaderStore(history, Wire.PERFECT, InstantSource.system());
    }

    @Override
    public WorkerStore worker() {
        return new MemoryWorkerStore(history, Wire.PERFECT, InstantSource.system());
    }

    @Override
    public void create(NewRun run) {
        history.create(run);
    }

    @Override
    public long command(RunId run, String kind, String by) {
        return history.command(run, kind, by);
    }

    @Override
    public List<String> attempts(StepKey key) {
        return List.copyOf(history.attempts
                .subMap(new AttemptKey(key, 0), true, new AttemptKey(key, Integer.MAX_VALUE), true)
                .values());
    }
}
