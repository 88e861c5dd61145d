package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.StepKey;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** A worker without threads: whoever drives it calls {@link #round} and {@link #record} when it was woken or when it is due. */
public final class DrivenWorker {
    private final Deque<WorkerSignal> signals = new ArrayDeque<>();
    private final Deque<Recorded> results = new ArrayDeque<>();
    private final Recorder recorder;
    private final Workbench bench;

    /** @param recorderWake called when there is something to record */
    public DrivenWorker(
            Coordination zooKeeper,
            WorkerInfo info,
            WorkerStore store,
            Attempts attempts,
            Duration isolationTimeout,
            RandomGenerator random,
            LongSupplier nanoTime,
            MeterRegistry meters,
            Runnable wake,
            Runnable recorderWake)
            throws InterruptedException {
        recorder = new Recorder(store, this::recorded);
        bench = new Workbench(
                zooKeeper,
                info,
                store,
                attempts,
                result -> {
                    results.add(result);
                    recorderWake.run();
                },
                isolationTimeout,
                random,
                nanoTime,
                signal -> {
                    signals.add(signal);
                    wake.run();
                },
                meters);
    }

    private void recorded(List<Recorded> done, Set<StepKey> accepted) {
        bench.recorded(done, accepted);
    }

    public Duration untilDue() {
        return signals.isEmpty() ? bench.untilDue() : Duration.ZERO;
    }

    public void round() throws InterruptedException {
        var round = new ArrayList<>(signals);
        signals.clear();
        bench.round(round);
    }

    /** Tries to record what there is; how long to pause before the next time. */
    public Duration record() {
        results.forEach(recorder::add);
        results.clear();
        return recorder.record();
    }

    public boolean hasResults() {
        return !results.isEmpty() || recorder.size() > 0;
    }
}
