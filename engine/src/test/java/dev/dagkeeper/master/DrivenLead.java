package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.function.LongSupplier;

/** An elected leader without a thread: whoever drives it calls {@link #round} when it was woken or when it is due. */
public final class DrivenLead implements AutoCloseable {
    private final Deque<Signal> signals = new ArrayDeque<>();
    private final Lead lead;

    public DrivenLead(
            Coordination zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LongSupplier nanoTime,
            LeaderSettings settings,
            MeterRegistry meters,
            Runnable wake) {
        lead = new Lead(
                zooKeeper,
                store,
                workflows,
                clock,
                nanoTime,
                settings,
                new LeaderMetrics(meters),
                signal -> {
                    signals.add(signal);
                    wake.run();
                },
                Alarms.NONE,
                refusal -> {
                    throw new AssertionError(refusal);
                });
    }

    public Duration untilDue() {
        return signals.isEmpty() ? lead.untilDue() : Duration.ZERO;
    }

    public void round() throws InterruptedException {
        var round = new ArrayList<>(signals);
        signals.clear();
        lead.round(round);
    }

    @Override
    public void close() {
        lead.close();
    }
}
