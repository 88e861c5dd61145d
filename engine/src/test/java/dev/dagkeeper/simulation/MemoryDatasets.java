package dev.dagkeeper.simulation;

import dev.dagkeeper.history.DatasetWrites;
import dev.dagkeeper.history.DatasetWrites.Consumed;
import dev.dagkeeper.history.DatasetWrites.Produced;
import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.LeaderStore.RecordedEvent;
import dev.dagkeeper.history.LeaderStore.UnseenOfOne;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.simulation.MemoryHistory.FireKey;
import dev.dagkeeper.simulation.MemoryHistory.Transaction;
import dev.dagkeeper.workflow.DatasetEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;

/** Events of datasets, and which trigger has consumed which. */
record MemoryDatasets(MemoryHistory history) {
    /**
     * A row of {@code dataset_event}.
     *
     * @param source the step; absent for an event from outside
     */
    record Row(DatasetEvent event, Instant recordedAt, Optional<StepKey> source) {}

    /** A row of {@code dataset_use}: of the trigger of a workflow, and for which fire. */
    record Use(long event, long workflow, String trigger) implements Comparable<Use> {
        @Override
        public int compareTo(Use other) {
            return java.util.Comparator.comparingLong(Use::event)
                    .thenComparingLong(Use::workflow)
                    .thenComparing(Use::trigger)
                    .compare(this, other);
        }
    }

    long last() {
        return history.datasetEvents.isEmpty() ? 0 : history.datasetEvents.lastKey();
    }

    /** An event from outside; its id. */
    long add(String uri, Instant at) {
        var transaction = history.new Transaction();
        var id = last() + 1;
        transaction.put(
                history.datasetEvents,
                id,
                new Row(new DatasetEvent(id, uri, at, "", "", "", Optional.empty()), at, Optional.empty()));
        transaction.commit(true);
        return id;
    }

    void write(Transaction transaction, DatasetWrites writes, Instant now) {
        writes.consumed().forEach(fire -> consume(transaction, fire));
        writes.produced().forEach(event -> produce(transaction, event, now));
    }

    private void produce(Transaction transaction, Produced produced, Instant now) {
        boolean known = history.datasetEvents.values().stream()
                .anyMatch(row -> row.source().equals(Optional.of(produced.key()))
                        && row.event().uri().equals(produced.uri()));
        var step = history.steps.get(produced.key());
        if (known || step == null) {
            return;
        }
        var data = JsonNodeFactory.instance.objectNode();
        step.outputs().forEach(data::set);
        var event = new DatasetEvent(
                last() + 1,
                produced.uri(),
                produced.at(),
                produced.workflow(),
                produced.key().run().toString(),
                produced.step(),
                step.outputs().isEmpty() ? Optional.empty() : Optional.of(data));
        transaction.put(history.datasetEvents, event.id(), new Row(event, now, Optional.of(produced.key())));
    }

    private void consume(Transaction transaction, Consumed consumed) {
        var fire = history.fires.get(new FireKey(consumed.workflowId(), consumed.trigger(), consumed.fire()));
        if (fire == null || !fire.run().map(NewRun::header).map(h -> h.id()).equals(consumed.run())) {
            return;
        }
        rows(consumed.events()).toList().forEach(row -> {
            var key = new Use(row.event().id(), consumed.workflowId(), consumed.trigger());
            if (!history.datasetUses.containsKey(key)) {
                transaction.put(history.datasetUses, key, consumed.fire());
            }
        });
    }

    private Stream<Row> rows(Unseen which) {
        return history.datasetEvents.subMap(which.after(), false, which.upTo(), true).values().stream()
                .filter(row -> which.uris().contains(row.event().uri())
                        && !row.recordedAt().isBefore(which.since()));
    }

    List<RecordedEvent> after(long after, int most) {
        return history.datasetEvents.tailMap(after, false).values().stream()
                .limit(most)
                .map(row -> new RecordedEvent(row.event().id(), row.event().uri(), row.recordedAt()))
                .toList();
    }

    Map<Long, List<UnseenOfOne>> unseen(Map<Long, Unseen> triggers) {
        var unseen = new HashMap<Long, List<UnseenOfOne>>();
        triggers.forEach((trigger, which) -> {
            for (var uri : which.uris()) {
                var times = rows(which)
                        .filter(row -> row.event().uri().equals(uri))
                        .map(Row::recordedAt)
                        .sorted()
                        .toList();
                if (!times.isEmpty()) {
                    unseen.computeIfAbsent(trigger, _ -> new ArrayList<>())
                            .add(new UnseenOfOne(uri, times.getFirst(), times.getLast()));
                }
            }
        });
        return unseen;
    }

    List<DatasetEvent> events(Unseen which, int most) {
        var all = rows(which).map(Row::event).toList();
        return all.subList(Math.max(0, all.size() - most), all.size());
    }
}
