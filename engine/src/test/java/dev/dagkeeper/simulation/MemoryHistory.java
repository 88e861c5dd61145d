package dev.dagkeeper.simulation;

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.FireWrites.BackfillProgress;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.LeaderStore.PendingCommand;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.StoredBackfill;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables in memory. Each transaction keeps how to undo it until a commit that waits for the disk comes, so that a crash
 * can lose what was committed asynchronously: of the log of a database always the end, never something in the middle.
 */
final class MemoryHistory {
    final NavigableMap<RunId, RunRow> runs = new TreeMap<>();
    final NavigableMap<StepKey, StepRow> steps = new TreeMap<>();
    final NavigableMap<AttemptKey, String> attempts = new TreeMap<>();
    final NavigableMap<RunId, NavigableMap<Long, EventWrite>> events = new TreeMap<>();
    final NavigableMap<Long, CommandRow> commands = new TreeMap<>();
    final NavigableMap<Long, StoredTrigger> triggers = new TreeMap<>();
    final NavigableMap<FireKey, NewFire> fires = new TreeMap<>();
    final NavigableMap<Long, BackfillRow> backfills = new TreeMap<>();
    final NavigableMap<RunId, Set<Integer>> struck = new TreeMap<>();
    final NavigableMap<UUID, NewAlert> alerts = new TreeMap<>();
    final NavigableMap<Long, MemoryDatasets.Row> datasetEvents = new TreeMap<>();
    final NavigableMap<MemoryDatasets.Use, Instant> datasetUses = new TreeMap<>();
    private final Deque<List<Runnable>> notYetOnDisk = new ArrayDeque<>();
    private final Set<StepKey> notYetOnDiskClaims = new HashSet<>();
    private final Map<StepKey, Integer> claimsOnDisk = new HashMap<>();
    private final Observer observer;
    private long epoch;
    private boolean crashed;
    private boolean hasWritten = true;

    MemoryHistory(Observer observer) {
        this.observer = observer;
    }

    /** Sees every row that is written. */
    interface Observer {
        /** Sees nothing. */
        Observer NONE = new Observer() {};

        default void stepWritten(StepRow before, StepRow after) {}

        default void runWritten(RunRow before, RunRow after) {}

        default void eventWritten(EventWrite event) {}

        default void attemptWritten(AttemptKey attempt, String result) {}

        /** Of a transaction that was committed, the rows about runs and fires. */
        default void committed(List<RunRow> runs, List<FireKey> fires) {}
    }

    /** A row of {@code run}; what changes is kept as it was last written. */
    record RunRow(RunHeader header, RunWrite written) {
        RunState state() {
            return written.state();
        }
    }

    /** A row of {@code backfill}: what was asked for, and how far the leader has come. */
    record BackfillRow(StoredBackfill backfill, Optional<Instant> cursor, Optional<BackfillProgress.End> end) {
        /** As a leader reads it. */
        StoredBackfill asked(Set<RunId> active) {
            return new StoredBackfill(
                    backfill.id(),
                    backfill.workflowId(),
                    backfill.namespace(),
                    backfill.workflow(),
                    backfill.trigger(),
                    backfill.revisionId(),
                    backfill.revision(),
                    backfill.schedule(),
                    backfill.reprocess(),
                    backfill.maxActive(),
                    backfill.direction(),
                    backfill.inputs(),
                    backfill.priority(),
                    backfill.paused(),
                    backfill.cancelledBy(),
                    cursor,
                    active);
        }
    }

    /** The key of an attempt: one claim has one row. */
    record AttemptKey(StepKey key, int claim) implements Comparable<AttemptKey> {
        @Override
        public int compareTo(AttemptKey other) {
            int byKey = key.compareTo(other.key);
            return byKey != 0 ? byKey : Integer.compare(claim, other.claim);
        }
    }

    /** The key of a fire: one fire has one row. */
    record FireKey(long workflow, String trigger, Instant fire) implements Comparable<FireKey> {
        private static final Comparator<FireKey> ORDER = Comparator.comparingLong(FireKey::workflow)
                .thenComparing(FireKey::trigger)
                .thenComparing(FireKey::fire);

        @Override
        public int compareTo(FireKey other) {
            return ORDER.compare(this, other);
        }
    }

    /** A command and what became of it. */
    record CommandRow(PendingCommand command, Optional<CommandOutcome> outcome) {}

    long epoch() {
        return epoch;
    }

    /** Whether transactions of this epoch are accepted: it is the last, and there was no crash since its first. */
    boolean isCurrent(long asked) {
        return asked == epoch && (!hasWritten || !crashed);
    }

    /** As if it had not crashed. */
    void forgetCrash() {
        crashed = false;
    }

    /** Whether the end of what the last epoch wrote may be lost. */
    boolean mayHaveLostWrites() {
        return crashed;
    }

    /** One transaction: it can be taken back until it is on the disk. */
    final class Transaction {
        private final List<Runnable> undo = new ArrayList<>();
        private final List<RunRow> runRows = new ArrayList<>();
        private final List<FireKey> fireKeys = new ArrayList<>();

        <K, V> void put(Map<K, V> table, K key, V row) {
            @Nullable V before = table.put(key, row);
            if (row instanceof StepRow step) {
                notYetOnDiskClaims.add(step.key());
                observer.stepWritten(before instanceof StepRow other ? other : step, step);
            } else if (key instanceof FireKey fire) {
                fireKeys.add(fire);
            } else if (row instanceof RunRow run) {
                runRows.add(run);
                observer.runWritten(before instanceof RunRow other ? other : run, run);
            } else if (row instanceof EventWrite event) {
                observer.eventWritten(event);
            } else if (key instanceof AttemptKey attempt && row instanceof String result) {
                observer.attemptWritten(attempt, result);
            }
            undo.add(() -> {
                if (before == null) {
                    table.remove(key);
                } else {
                    table.put(key, before);
                }
            });
        }

        void epochIs(long next) {
            long before = epoch;
            epoch = next;
            hasWritten = false;
            undo.add(() -> epoch = before);
        }

        /** The log is written in order: what waits for the disk takes everything before along. */
        void commit(boolean durable) {
            commit(durable, false);
        }

        /** As {@link #commit}; the first of an epoch always waits for the disk. */
        void commitAsLeader(boolean durable) {
            boolean first = !hasWritten;
            if (first) {
                hasWritten = true;
                crashed = false;
            }
            commit(durable || first, first);
        }

        private void commit(boolean durable, boolean always) {
            if (undo.isEmpty() && !always) {
                return;
            }
            if (durable) {
                flushed();
            } else {
                notYetOnDisk.add(undo);
            }
            if (!runRows.isEmpty() || !fireKeys.isEmpty()) {
                observer.committed(runRows, fireKeys);
            }
        }

        void rollBack() {
            undo.reversed().forEach(Runnable::run);
        }
    }

    /** How many transactions a crash could lose. */
    int atRisk() {
        return notYetOnDisk.size();
    }

    /** The server crashes: the last so many transactions are lost, all before are on the disk. */
    void crash(int lost) {
        for (int i = 0; i < lost; i++) {
            notYetOnDisk.removeLast().reversed().forEach(Runnable::run);
        }
        flushed();
        crashed = true;
    }

    private void flushed() {
        notYetOnDisk.clear();
        notYetOnDiskClaims.forEach(key -> {
            var row = steps.get(key);
            claimsOnDisk.put(key, row == null ? 0 : row.claim());
        });
        notYetOnDiskClaims.clear();
    }

    /** The claim of a step that no crash takes back. */
    int claimOnDisk(StepKey key) {
        return claimsOnDisk.getOrDefault(key, 0);
    }

    /** Stores a run with all its steps. */
    void create(NewRun run) {
        var transaction = new Transaction();
        create(run, transaction);
        transaction.commit(true);
    }

    void create(NewRun run, Transaction transaction) {
        var id = run.header().id();
        var queued = new RunWrite(
                id, RunState.QUEUED, "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        transaction.put(runs, id, new RunRow(run.header(), queued));
        for (int step = 0; step < run.steps().size(); step++) {
            var key = new StepKey(id, step, StepKey.WHOLE);
            transaction.put(
                    steps, key, StepRow.pending(key, run.steps().get(step).reason(), Optional.empty()));
        }
    }

    /** Greater than that of any trigger so far. */
    long nextChange() {
        return triggers.values().stream().mapToLong(StoredTrigger::change).max().orElse(0) + 1;
    }

    /** Stores what the api says of a trigger; how far it has come stays. */
    void put(StoredTrigger trigger) {
        var before = triggers.get(trigger.id());
        var transaction = new Transaction();
        transaction.put(triggers, trigger.id(), before == null ? trigger : trigger.with(before.progress()));
        transaction.commit(true);
    }

    /** Stores a command. */
    long command(RunId run, String kind, String by) {
        long id = commands.isEmpty() ? 1 : commands.lastKey() + 1;
        var transaction = new Transaction();
        transaction.put(commands, id, new CommandRow(new PendingCommand(id, run, kind, by), Optional.empty()));
        transaction.commit(true);
        return id;
    }

    /** All rows of one run. */
    NavigableMap<StepKey, StepRow> steps(RunId run) {
        return steps.subMap(
                new StepKey(run, 0, StepKey.WHOLE), true, new StepKey(run, Integer.MAX_VALUE, Integer.MAX_VALUE), true);
    }
}
