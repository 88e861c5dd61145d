package dev.dagkeeper.simulation;

import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.FireWrites;
import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.history.RunWrites.NewInstances;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.run.Past;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.schedule.Backfill;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.simulation.MemoryHistory.AttemptKey;
import dev.dagkeeper.simulation.MemoryHistory.BackfillRow;
import dev.dagkeeper.simulation.MemoryHistory.CommandRow;
import dev.dagkeeper.simulation.MemoryHistory.FireKey;
import dev.dagkeeper.simulation.MemoryHistory.RunRow;
import dev.dagkeeper.simulation.MemoryHistory.Transaction;
import dev.dagkeeper.simulation.Wire.Store;
import dev.dagkeeper.workflow.DatasetEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What the leader reads and writes, in memory. */
final class MemoryLeaderStore implements LeaderStore {
    private static final RunWrites EXPLANATION =
            new RunWrites(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), false);

    private final MemoryHistory history;
    private final Wire wire;
    private final InstantSource clock;

    MemoryLeaderStore(MemoryHistory history, Wire wire, InstantSource clock) {
        this.history = history;
        this.wire = wire;
        this.clock = clock;
    }

    private <T> T ask(String operation, Supplier<T> request) {
        wire.asked(Store.POSTGRES, operation);
        var answer = request.get();
        wire.answered(Store.POSTGRES, operation);
        return answer;
    }

    @Override
    public long raiseEpoch() {
        return ask("raise epoch", () -> {
            var transaction = history.new Transaction();
            transaction.epochIs(history.epoch() + 1);
            transaction.commit(true);
            return history.epoch();
        });
    }

    @Override
    public boolean mayHaveLostWrites() {
        return ask("lost writes", history::mayHaveLostWrites);
    }

    @Override
    public List<RunId> begunRuns() {
        return ask(
                "active runs",
                () -> history.runs.values().stream()
                        .filter(run -> !run.state().isFinal() && run.state() != RunState.QUEUED)
                        .map(run -> run.header().id())
                        .toList());
    }

    @Override
    public List<QueuedRun> queuedRuns() {
        return ask("queued runs", this::queued);
    }

    @Override
    public List<QueuedRun> newRuns() {
        return ask(
                "new runs", () -> queued().stream().filter(run -> !run.waits()).toList());
    }

    private List<QueuedRun> queued() {
        return history.runs.values().stream()
                .filter(run -> run.state() == RunState.QUEUED)
                .map(run -> {
                    var header = run.header();
                    return new QueuedRun(
                            header.id(),
                            header.revisionId(),
                            header.namespace(),
                            header.facts().workflow(),
                            header.group(),
                            header.priority(),
                            header.facts().trigger(),
                            header.facts().time(),
                            header.due(),
                            !run.written().reason().isEmpty());
                })
                .toList();
    }

    @Override
    public List<LoadedRun> load(Collection<RunId> runs) {
        return ask(
                "load " + runs.size(),
                () -> runs.stream()
                        .sorted()
                        .flatMap(id -> Optional.ofNullable(history.runs.get(id)).stream())
                        .filter(run -> !run.state().isFinal())
                        .map(this::loaded)
                        .toList());
    }

    private LoadedRun loaded(RunRow run) {
        var id = run.header().id();
        var events = history.events.get(id);
        return new LoadedRun(
                run.header(),
                run.state(),
                run.written().reason(),
                run.written().verdict(),
                run.written().startedAt(),
                events == null || events.isEmpty() ? 0 : events.lastKey(),
                history.steps(id).values().stream().map(StepRow::snapshot).toList(),
                Set.copyOf(history.struck.getOrDefault(id, Set.of())));
    }

    @Override
    public Map<StepKey, Map<String, JsonNode>> outputs(RunId run, Collection<Integer> steps) {
        return ask("outputs", () -> {
            var outputs = new LinkedHashMap<StepKey, Map<String, JsonNode>>();
            history.steps(run).forEach((key, row) -> {
                if (steps.contains(key.step()) && !row.outputs().isEmpty()) {
                    outputs.put(key, row.outputs());
                }
            });
            return outputs;
        });
    }

    @Override
    public Map<StepKey, Heard> reports(Map<StepKey, Integer> claims, Collection<StepKey> withOutputs) {
        if (claims.isEmpty()) {
            return Map.of();
        }
        return ask("reports " + claims.size(), () -> {
            var heard = new LinkedHashMap<StepKey, Heard>();
            new TreeMap<>(claims).forEach((key, claim) -> {
                var row = history.steps.get(key);
                if (row != null && row.claim() == claim) {
                    row.recorded()
                            .ifPresent(result -> heard.put(
                                    key,
                                    new Heard(
                                            claim,
                                            row.report(withOutputs.contains(key))
                                                    .orElseThrow(),
                                            result.worker(),
                                            result.startedAt(),
                                            result.endedAt())));
                }
            });
            return heard;
        });
    }

    @Override
    public boolean write(long epoch, RunWrites writes) {
        return ask("write", () -> {
            if (!history.isCurrent(epoch)) {
                return false;
            }
            var transaction = history.new Transaction();
            try {
                write(transaction, writes);
            } catch (StoreException e) {
                transaction.rollBack();
                throw e;
            }
            transaction.commitAsLeader(writes.durable());
            return true;
        });
    }

    /** Only the fence counts: what users are told of waiting is not kept. */
    @Override
    public boolean explain(long epoch, boolean anew, Map<String, String> reasons, Collection<String> over) {
        return write(epoch, EXPLANATION);
    }

    private void write(Transaction transaction, RunWrites writes) {
        // Refused before anything is written, of which the observer would hear.
        writes.lostAttempts().forEach(this::expectNoReport);
        write(transaction, writes.fires());
        datasets().write(transaction, writes.datasets(), clock.instant());
        writes.lostAttempts()
                .forEach(lost -> transaction.put(history.attempts, new AttemptKey(lost.key(), lost.claim()), "lost"));
        writes.instances().forEach(step -> addInstances(transaction, step));
        writes.steps().forEach(step -> update(transaction, step));
        writes.runs().forEach(run -> update(transaction, run));
        writes.events().forEach(event -> add(transaction, event));
        writes.alerts().struck().forEach(deadline -> {
            var places = new TreeSet<>(history.struck.getOrDefault(deadline.run(), Set.of()));
            places.add(deadline.deadline());
            transaction.put(history.struck, deadline.run(), places);
        });
        writes.alerts().alerts().forEach(alert -> {
            if (!history.alerts.containsKey(alert.id())) {
                transaction.put(history.alerts, alert.id(), alert);
            }
        });
        writes.commands().forEach(outcome -> {
            var row = history.commands.get(outcome.command());
            if (row != null && row.outcome().isEmpty()) {
                transaction.put(
                        history.commands, outcome.command(), new CommandRow(row.command(), Optional.of(outcome)));
            }
        });
    }

    private MemoryDatasets datasets() {
        return new MemoryDatasets(history);
    }

    @Override
    public long lastDatasetEvent() {
        return ask("last dataset event", datasets()::last);
    }

    @Override
    public List<RecordedEvent> datasetEvents(long after, int most) {
        return ask("dataset events", () -> datasets().after(after, most));
    }

    @Override
    public Map<Long, List<UnseenOfOne>> unseen(Map<Long, Unseen> triggers) {
        return ask("unseen", () -> datasets().unseen(triggers));
    }

    @Override
    public List<DatasetEvent> unseenEvents(Unseen which, int most) {
        return ask("unseen events", () -> datasets().events(which, most));
    }

    private void write(Transaction transaction, FireWrites writes) {
        writes.fires().forEach(fire -> {
            var key = new FireKey(fire.workflowId(), fire.trigger(), fire.fire());
            if (!history.fires.containsKey(key)) {
                transaction.put(history.fires, key, fire);
                fire.run().ifPresent(run -> history.create(run, transaction));
            }
        });
        writes.progress().forEach(written -> {
            var row = Objects.requireNonNull(history.triggers.get(written.trigger()));
            var next = written.progress();
            var progress = row.progress().map(next::atLeast).orElse(next);
            transaction.put(history.triggers, row.id(), row.with(Optional.of(progress)));
        });
        writes.backfills().forEach(backfill -> write(transaction, backfill));
        writes.changes()
                .forEach(change -> history.triggers.values().stream()
                        .filter(row -> row.namespace().equals(change.namespace())
                                && row.workflow().equals(change.workflow()))
                        .map(row -> new FireKey(row.workflowId(), change.trigger(), change.fire()))
                        .distinct()
                        .filter(key -> Optional.ofNullable(history.fires.get(key))
                                .filter(fire ->
                                        fire.outcome() == FireOutcome.QUEUED || fire.outcome() == FireOutcome.STARTED)
                                .isPresent())
                        .toList()
                        .forEach(key -> transaction.put(history.fires, key, changed(key, change))));
    }

    private void write(Transaction transaction, BackfillProgress written) {
        var row = Objects.requireNonNull(history.backfills.get(written.backfill()));
        if (row.end().isEmpty()) {
            transaction.put(
                    history.backfills,
                    written.backfill(),
                    new BackfillRow(row.backfill(), written.cursor().or(row::cursor), written.end()));
        }
    }

    private NewFire changed(FireKey key, FireChange change) {
        var fire = Objects.requireNonNull(history.fires.get(key));
        return new NewFire(
                fire.workflowId(),
                fire.trigger(),
                fire.fire(),
                change.outcome(),
                change.reason(),
                fire.run(),
                change.decidedAt());
    }

    private void expectNoReport(LostAttempt lost) {
        var row = history.steps.get(lost.key());
        if (row == null || row.claim() != lost.claim() || row.recorded().isPresent()) {
            throw new StoreException("claim " + lost.claim() + " of " + lost.key() + " was called lost, but there is "
                    + (row == null ? "no row" : row));
        }
        var key = new AttemptKey(lost.key(), lost.claim());
        if (history.attempts.containsKey(key)) {
            throw new StoreException("attempt exists: " + key);
        }
    }

    private void addInstances(Transaction transaction, NewInstances created) {
        for (int index = 0; index < created.items().size(); index++) {
            var key = new StepKey(created.run(), created.step(), index);
            if (history.steps.containsKey(key)) {
                throw new StoreException("step exists: " + key);
            }
            var item = Optional.of(created.items().get(index));
            transaction.put(history.steps, key, StepRow.pending(key, created.reason(), item));
        }
    }

    private void update(Transaction transaction, StepWrite step) {
        var row = history.steps.get(step.key());
        if (row != null && row.claim() <= step.claim() && !row.state().isFinal()) {
            transaction.put(history.steps, step.key(), row.write(step));
        }
    }

    private void update(Transaction transaction, RunWrite run) {
        var row = history.runs.get(run.run());
        if (row != null && !row.state().isFinal()) {
            var before = row.written();
            transaction.put(
                    history.runs,
                    run.run(),
                    new RunRow(
                            row.header(),
                            new RunWrite(
                                    run.run(),
                                    run.state(),
                                    run.reason(),
                                    run.verdict().or(before::verdict),
                                    run.startedAt().or(before::startedAt),
                                    run.endedAt().or(before::endedAt),
                                    run.outputs().or(before::outputs))));
        }
    }

    private void add(Transaction transaction, EventWrite event) {
        var events = history.events.computeIfAbsent(event.run(), run -> new TreeMap<>());
        if (events.containsKey(event.seq())) {
            throw new StoreException("event exists: " + event.run() + " " + event.seq());
        }
        transaction.put(events, event.seq(), event);
    }

    @Override
    public List<PendingCommand> pendingCommands() {
        return ask("commands", () -> {
            var pending = new ArrayList<PendingCommand>();
            history.commands.values().stream()
                    .filter(row -> row.outcome().isEmpty())
                    .forEach(row -> pending.add(row.command()));
            return pending;
        });
    }

    @Override
    public List<StoredTrigger> triggers(long after, int most) {
        return ask(
                "triggers",
                () -> history.triggers.values().stream()
                        .filter(trigger -> trigger.change() > after)
                        .sorted(Comparator.comparingLong(StoredTrigger::change))
                        .limit(most)
                        .toList());
    }

    /** No step of the simulation depends on an earlier run. */
    @Override
    public Map<PastQuestion, Past.Step> past(Collection<PastQuestion> questions) {
        throw new UnsupportedOperationException("no step of the simulation depends on the past: " + questions);
    }

    @Override
    public List<StoredBackfill> backfills() {
        return ask(
                "backfills",
                () -> history.backfills.values().stream()
                        .filter(row -> row.end().isEmpty())
                        .map(row -> row.asked(active(row.backfill().id())))
                        .toList());
    }

    private Set<RunId> active(long backfill) {
        return history.runs.values().stream()
                .filter(run -> !run.state().isFinal())
                .filter(run -> run.header().facts().trigger().equals(Backfill.trigger(backfill)))
                .map(run -> run.header().id())
                .collect(Collectors.toSet());
    }

    @Override
    public Map<Instant, Backfill.Before> fireRuns(
            String namespace, String workflow, String trigger, Instant first, Instant last) {
        return ask("runs of fires", () -> {
            var fires = new TreeMap<Instant, Backfill.Before>();
            history.runs.values().stream()
                    .filter(run -> run.header().namespace().equals(namespace)
                            && run.header().facts().workflow().equals(workflow)
                            && run.header().series().equals(trigger)
                            && run.state() != RunState.SKIPPED)
                    .filter(run -> !run.header().facts().time().isBefore(first)
                            && !run.header().facts().time().isAfter(last))
                    .forEach(run -> fires.merge(
                            run.header().facts().time(),
                            before(run.state()),
                            (old, newest) -> old == Backfill.Before.ACTIVE ? old : newest));
            return fires;
        });
    }

    private static Backfill.Before before(RunState state) {
        return switch (state) {
            case QUEUED, RUNNING, PAUSED, CANCELLING -> Backfill.Before.ACTIVE;
            case FAILED, CANCELLED -> Backfill.Before.FAILED;
            case SUCCEEDED, WARNED -> Backfill.Before.SUCCEEDED;
            case SKIPPED -> Backfill.Before.NOTHING;
        };
    }

    @Override
    public Set<String> drainedWorkers() {
        return ask("drained workers", Set::of);
    }

    @Override
    public Instant now() {
        return clock.instant();
    }
}
