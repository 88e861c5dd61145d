package dev.dagkeeper.simulation;

import dev.dagkeeper.history.HistoryContract;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import java.time.InstantSource;
import java.util.List;

/** The contract, held by the tables in memory. */
class MemoryHistoryTest extends HistoryContract {
    private final MemoryHistory history = new MemoryHistory(MemoryHistory.Observer.NONE);

    @Override
    protected Stores open() {
        return new Stores(
                new MemoryLeaderStore(history, Wire.PERFECT, InstantSource.system()),
                new MemoryWorkerStore(history, Wire.PERFECT, InstantSource.system()));
    }

    @Override
    protected void create(NewRun run) {
        history.create(run);
    }

    @Override
    protected long command(RunId run, String kind, String by) {
        return history.command(run, kind, by);
    }

    @Override
    protected List<String> attempts(StepKey key) {
        return List.copyOf(history.attempts
                .subMap(new AttemptKey(key, 0), true, new AttemptKey(key, Integer.MAX_VALUE), true)
                .values());
    }
}
