package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.LoadedRun;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.QueueView;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Deadlines;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepSnapshot;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Takes runs from Postgres into the leader's memory. Not thread-safe: the leader's. */
final class Loading {
    private static final Logger log = LoggerFactory.getLogger(Loading.class);
    private static final int CHUNK = 50;

    private final Coordination zooKeeper;
    private final LeaderStore store;
    private final Workflows workflows;
    private final Term term;

    Loading(Coordination zooKeeper, LeaderStore store, Workflows workflows, Term term) {
        this.zooKeeper = zooKeeper;
        this.store = store;
        this.workflows = workflows;
        this.term = term;
    }

    /** All active runs, at the begin of a term. What a worker already has, by ZooKeeper, is not placed again. */
    void all(Instant now) throws InterruptedException {
        boolean doubt = store.mayHaveLostWrites();
        var view = QueueView.read(zooKeeper);
        var ids = store.activeRuns();
        load(ids, view, now);
        if (doubt) {
            log.warn("postgres has crashed: whatever waits to be placed gets another claim epoch={}", term.epoch());
            List.copyOf(term.runs()).forEach(run -> doubt(run, now));
        }
        log.info(
                "leader loaded epoch={} runs={} items={} locks={}",
                term.epoch(),
                ids.size(),
                view.items().size(),
                view.locks().size());
    }

    /**
     * As {@link #all} for a term that will never begin.
     *
     * @param most how many runs to take at most, the newest
     * @return how many there were
     */
    int rehearse(int most, Instant now) throws InterruptedException {
        var ids = store.activeRuns();
        var some = ids.subList(Math.max(0, ids.size() - most), ids.size());
        load(some, QueueView.read(zooKeeper), now);
        return some.size();
    }

    /** Runs that are new. */
    void fresh(Instant now) {
        load(unknown(store.queuedRuns()), now);
    }

    /**
     * Those of the runs that this term does not know. What began and ended within this round is still queued in Postgres,
     * and not to be begun again.
     */
    List<RunId> unknown(List<RunId> ids) {
        return ids.stream()
                .filter(id -> term.find(id).isEmpty() && !term.batch().concerns(id))
                .toList();
    }

    /** Runs that no worker has anything of yet. */
    void load(List<RunId> ids, Instant now) {
        load(ids, QueueView.NOTHING, now);
    }

    private void load(List<RunId> ids, QueueView view, Instant now) {
        for (int from = 0; from < ids.size(); from += CHUNK) {
            for (var run : store.load(ids.subList(from, Math.min(from + CHUNK, ids.size())))) {
                var workflow = workflows.find(run.header().revisionId());
                if (workflow.isPresent()) {
                    adopt(run, workflow.get(), view, now);
                } else {
                    refuse(run, now);
                }
            }
        }
    }

    private void refuse(LoadedRun run, Instant now) {
        log.error(
                "run refused, its workflow is not accepted run={}", run.header().id());
        term.batch()
                .addRefused(
                        run.header().id(),
                        "revision " + run.header().facts().revision() + " of "
                                + run.header().facts().workflow() + " is not accepted by this version",
                        run.lastSeq() + 1,
                        now);
    }

    private void adopt(LoadedRun loaded, Workflow workflow, QueueView view, Instant now) {
        var active = new ActiveRun(loaded.header(), workflow, loaded.state(), loaded.reason(), loaded.verdict());
        active.restore(withOutputs(active, loaded.steps()));
        var run = new LedRun(active, loaded.lastSeq(), term.epoch());
        active.restoreStruck(loaded.struck());
        term.add(run);
        term.addDeadlines(run, Deadlines.due(active, loaded.startedAt()));
        active.forEachPlaced(key -> term.pools().count(active, key));
        active.forEachReady(key -> term.addReady(run, key, now));
        active.forEachWaiting(key -> term.addTimer(run, key));
        term.resume(run, now);
        if (loaded.state() == RunState.QUEUED) {
            term.decide(run, new Event.Started(), now);
        }
        settle(run, view, now);
    }

    /** Before anything is placed: steps that are ready as far as Postgres knows, but that a worker already has: their placing was not yet written. */
    private void settle(LedRun run, QueueView view, Instant now) {
        var waiting = new ArrayList<StepKey>();
        run.active().forEachWaiting(waiting::add);
        for (var key : waiting) {
            // Who has it got it when its time had come, which a crash of Postgres made undone.
            if (holder(key, run.active().claim(key), view).isPresent()) {
                term.decide(run, new Event.Due(key), now);
            }
        }
        var ready = new ArrayList<StepKey>();
        run.active().forEachReady(ready::add);
        for (var key : ready) {
            holder(key, run.active().claim(key), view).ifPresent(incarnation -> {
                var worker = term.fleet()
                        .member(incarnation)
                        .map(member -> member.info().name())
                        .orElse(incarnation);
                term.decide(run, new Event.Placed(key, run.active().claim(key), worker), now);
            });
        }
        run.active()
                .forEachPlaced(key -> holder(key, run.active().claim(key), view)
                        .ifPresent(incarnation -> term.assign(incarnation, run, key)));
        var locked = new ArrayList<StepKey>();
        run.active().forEachPlaced(key -> {
            if (view.locks().containsKey(key)
                    && view.locks().get(key).claim() == run.active().claim(key)) {
                locked.add(key);
            }
        });
        locked.forEach(key -> term.locked(key, now));
    }

    /** Steps that no living worker has may yet have been given out, which was not on the disk when Postgres crashed. */
    private void doubt(LedRun run, Instant now) {
        var keys = new ArrayList<StepKey>();
        run.active().forEachReady(keys::add);
        run.active().forEachWaiting(keys::add);
        keys.forEach(key -> term.decide(run, new Event.Doubted(key, run.active().claim(key)), now));
    }

    private static Optional<String> holder(StepKey key, int claim, QueueView view) {
        return Optional.ofNullable(view.locks().get(key))
                .filter(lock -> lock.claim() == claim)
                .map(Lock::incarnation)
                .or(() -> Optional.ofNullable(view.items().get(key))
                        .filter(sending -> sending.item().claim() == claim)
                        .map(Sending::incarnation));
    }

    private List<StepSnapshot> withOutputs(ActiveRun run, List<StepSnapshot> steps) {
        var wanted = IntStream.range(0, run.workflow().steps().size())
                .filter(run::needsOutputs)
                .boxed()
                .toList();
        if (wanted.isEmpty()) {
            return steps;
        }
        Map<StepKey, Map<String, JsonNode>> outputs =
                new HashMap<>(store.outputs(run.header().id(), wanted));
        return steps.stream()
                .map(step -> outputs.containsKey(step.key()) ? step.withOutputs(outputs.get(step.key())) : step)
                .toList();
    }
}
