package dev.dagkeeper.worker;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records results, durably, all that there are in one transaction. When Postgres is away it keeps them, to be tried again
 * for as long as it takes. Not thread-safe; {@link RecorderThread} drives it.
 */
final class Recorder {
    private static final Logger log = LoggerFactory.getLogger(Recorder.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final WorkerStore store;
    private final Listener listener;
    private final List<Recorded> results = new ArrayList<>();
    private Duration pause = FIRST_PAUSE;

    /** Told once results are in Postgres. */
    interface Listener {
        /** All of {@code results} are dealt with; those not in {@code accepted} lost their claim before. */
        void recorded(List<Recorded> results, Set<StepKey> accepted);
    }

    Recorder(WorkerStore store, Listener listener) {
        this.store = store;
        this.listener = listener;
    }

    void add(Recorded result) {
        results.add(result);
    }

    /** How many results are still to be recorded. */
    int size() {
        return results.size();
    }

    /**
     * Tries to record everything.
     *
     * @return how long to pause before the next try; zero when everything is recorded
     */
    Duration record() {
        if (results.isEmpty()) {
            return Duration.ZERO;
        }
        try {
            var accepted = store.record(results);
            listener.recorded(List.copyOf(results), accepted);
            results.clear();
            pause = FIRST_PAUSE;
            return Duration.ZERO;
        } catch (StoreException e) {
            var now = pause;
            log.warn("results wait for postgres count={} pause={}ms", results.size(), now.toMillis(), e);
            var next = pause.multipliedBy(2);
            pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
            return now;
        }
    }
}
