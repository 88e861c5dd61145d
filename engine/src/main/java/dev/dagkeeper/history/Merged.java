package dev.dagkeeper.history;

import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Several writes to one row in one transaction as one write, in order of the keys: an UPDATE that joins two rows to one
 * would take an arbitrary one of them.
 */
final class Merged {
    private Merged() {}

    static List<StepWrite> steps(List<StepWrite> writes) {
        var byKey = new TreeMap<dev.dagkeeper.run.StepKey, StepWrite>();
        writes.forEach(write -> byKey.merge(write.key(), write, Merged::then));
        return new ArrayList<>(byKey.values());
    }

    static List<RunWrite> runs(List<RunWrite> writes) {
        var byId = new TreeMap<dev.dagkeeper.run.RunId, RunWrite>();
        writes.forEach(write -> byId.merge(write.run(), write, Merged::then));
        return new ArrayList<>(byId.values());
    }

    private static StepWrite then(StepWrite first, StepWrite second) {
        if (first.state().isFinal()) {
            return first;
        }
        // A raised claim forgets when the one before started.
        var before = first.claim() == second.claim() ? first.startedAt() : Optional.<java.time.Instant>empty();
        return new StepWrite(
                second.key(),
                second.state(),
                second.reason(),
                second.claim(),
                second.attempt(),
                second.lost(),
                second.worker(),
                second.startedAt().or(() -> before),
                second.endedAt(),
                second.due());
    }

    private static RunWrite then(RunWrite first, RunWrite second) {
        if (first.state().isFinal()) {
            return first;
        }
        return new RunWrite(
                second.run(),
                second.state(),
                second.reason(),
                second.verdict().or(first::verdict),
                second.startedAt().or(first::startedAt),
                second.endedAt().or(first::endedAt),
                second.outputs().or(first::outputs));
    }
}
