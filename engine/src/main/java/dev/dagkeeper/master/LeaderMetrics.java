package dev.dagkeeper.master;

import dev.dagkeeper.run.RunState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What a leader counts. */
final class LeaderMetrics {
    private final Counter terms;
    private final Counter rounds;
    private final Counter decisions;
    private final Counter dispatched;
    private final Counter lost;
    private final Counter looks;
    private final ScheduleMetrics schedules;
    private final MeterRegistry meters;

    LeaderMetrics(MeterRegistry meters) {
        terms = counter(meters, "dagkeeper.leader.terms", "epochs that this process has led");
        rounds = counter(meters, "dagkeeper.leader.transactions", "transactions of the leader");
        decisions = counter(meters, "dagkeeper.leader.events", "events decided");
        dispatched = counter(meters, "dagkeeper.leader.dispatched", "items put into inboxes");
        lost = counter(meters, "dagkeeper.leader.lost", "claims whose worker went without a result");
        looks = counter(meters, "dagkeeper.reconciler.looks", "comparisons of everything believed with what is there");
        schedules = new ScheduleMetrics(meters);
        this.meters = meters;
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder(name).description(description).register(meters);
    }

    ScheduleMetrics schedules() {
        return schedules;
    }

    /** A run has become final. */
    void ended(RunState state) {
        Counter.builder("dagkeeper.leader.runs.ended")
                .description(
                        "runs that have ended, by their final state; skipped are those that their group turned away")
                .tag("state", state.text())
                .register(meters)
                .increment();
    }

    void termBegan() {
        terms.increment();
    }

    void wrote() {
        rounds.increment();
    }

    void decided() {
        decisions.increment();
    }

    void dispatched(int items) {
        dispatched.increment(items);
    }

    void lost() {
        lost.increment();
    }

    void looked() {
        looks.increment();
    }

    /** Of cause {@code periodic} are those that only the safety net caught. */
    void repaired(Repair repair, Repair.Cause cause) {
        Counter.builder("dagkeeper.reconciler.repairs")
                .description("what no signal put right, by kind and by what made the reconciler look")
                .tag("kind", repair.text())
                .tag("cause", cause.text())
                .register(meters)
                .increment();
    }
}
