package dev.dagkeeper.worker;

import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.worker.WorkerSignal.Ended;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The attempts that run on a worker. What comes of one goes to be recorded; one that is let go of gives its lock back at
 * once. Not thread-safe: that an attempt ended comes as a signal, to be handed to {@link #ended}.
 */
final class RunningAttempts {
    private final Map<StepKey, RunningAttempt> running = new HashMap<>();
    private final Attempts attempts;
    private final HeldLocks locks;
    private final Consumer<Recorded> results;
    private final Consumer<WorkerSignal> signals;

    RunningAttempts(Attempts attempts, HeldLocks locks, Consumer<Recorded> results, Consumer<WorkerSignal> signals) {
        this.attempts = attempts;
        this.locks = locks;
        this.results = results;
        this.signals = signals;
    }

    /** The item is claimed. */
    void start(Item item) {
        locks.add(item.key(), item.claim());
        var attempt = attempts.start(new Claimed(item.key(), item.claim(), item.attempt()), new AttemptListener() {
            @Override
            public void ended(RunningAttempt ended, Recorded result) {
                results.accept(result);
                signals.accept(new Ended(ended.claimed()));
            }

            @Override
            public void abandoned(RunningAttempt ended) {
                locks.giveUp(ended.claimed().key(), ended.claimed().claim());
                signals.accept(new Ended(ended.claimed()));
            }
        });
        running.put(item.key(), attempt);
    }

    void ended(Claimed claimed) {
        // A later claim of the same step may have taken its place already.
        var attempt = running.get(claimed.key());
        if (attempt != null && attempt.claimed().equals(claimed)) {
            running.remove(claimed.key());
        }
    }

    /** The attempt under a claim. */
    Optional<RunningAttempt> find(StepKey key, int claim) {
        return Optional.ofNullable(running.get(key))
                .filter(attempt -> attempt.claimed().claim() == claim);
    }

    int size() {
        return running.size();
    }

    /** Tells all to end without being recorded, so that they run again elsewhere. */
    void abandon() {
        running.values().forEach(attempt -> attempt.stop(Stop.ABANDON));
    }
}
