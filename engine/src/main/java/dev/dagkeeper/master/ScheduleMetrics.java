package dev.dagkeeper.master;

import static java.util.Objects.requireNonNull;

import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.schedule.FireOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** What a leader counts of triggers. */
final class ScheduleMetrics {
    private final Map<FireOutcome, Counter> fires = new EnumMap<>(FireOutcome.class);
    private final Timer lateness;
    private final Counter caughtByTheNet;

    ScheduleMetrics(MeterRegistry meters) {
        for (var outcome : FireOutcome.values()) {
            fires.put(
                    outcome,
                    Counter.builder("dagkeeper.schedule.fires")
                            .description("fires that were decided, by outcome")
                            .tag("outcome", outcome.text())
                            .register(meters));
        }
        lateness = Timer.builder("dagkeeper.schedule.lateness")
                .description("how long after its time, with its jitter, a fire was started")
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1))
                .register(meters);
        caughtByTheNet = Counter.builder("dagkeeper.schedule.caught")
                .description("fires whose alarm did not come and that only the regular look at all triggers found")
                .register(meters);
    }

    /** @param start when it was to be started */
    void decided(NewFire fire, Instant start) {
        requireNonNull(fires.get(fire.outcome())).increment();
        if (fire.outcome() == FireOutcome.STARTED) {
            lateness.record(Duration.between(start, fire.decidedAt()));
        }
    }

    void caughtByTheNet() {
        caughtByTheNet.increment();
    }
}
