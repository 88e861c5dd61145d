package dev.dagkeeper.master;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.LoadedRun;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.QueueView;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Deadlines;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.GroupMember;
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

    private final LeaderStore store;
    private final Workflows workflows;
    private final Term term;

    Loading(LeaderStore store, Workflows workflows, Term term) {
        this.store = store;
        this.workflows = workflows;
        this.term = term;
    }

    /**
     * Takes runs into memory and brings them up to date; those that are final, or whose workflow is not accepted, do not
     * come.
     *
     * @param view what a worker already has by ZooKeeper, which is not placed again
     * @param begin whether those that are queued begin
     */
    void load(List<RunId> ids, QueueView view, boolean begin, Instant now) {
        for (int from = 0; from < ids.size(); from += CHUNK) {
            for (var run : store.load(ids.subList(from, Math.min(from + CHUNK, ids.size())))) {
                var workflow = workflows.find(run.header().revisionId());
                if (workflow.isPresent()) {
                    adopt(run, workflow.get(), view, begin, now);
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
        term.refused(run.header(), now);
    }

    private void adopt(LoadedRun loaded, Workflow workflow, QueueView view, boolean begin, Instant now) {
        var active = new ActiveRun(loaded.header(), workflow, loaded.state(), loaded.reason(), loaded.verdict());
        active.restore(withOutputs(active, loaded.steps()));
        var run = new LedRun(active, loaded.lastSeq(), term.epoch());
        active.restoreStruck(loaded.struck());
        term.add(run);
        joinGroup(loaded, workflow);
        term.addDeadlines(run, Deadlines.due(active, loaded.startedAt()));
        active.forEachPlaced(key -> term.pools().count(active, key));
        active.forEachReady(key -> term.addReady(run, key, now));
        active.forEachWaiting(key -> term.addTimer(run, key));
        term.resume(run, now);
        if (begin && loaded.state() == RunState.QUEUED) {
            term.decide(run, new Event.Started(), now);
        }
        settle(run, view, now);
    }

    /** Of what has begun only: what was cancelled or timed out while it waited never got a place. */
    private void joinGroup(LoadedRun loaded, Workflow workflow) {
        var header = loaded.header();
        if (loaded.startedAt().isPresent() && workflow.concurrency().isPresent()) {
            header.groupName()
                    .ifPresent(group -> term.groups()
                            .active(
                                    new GroupMember(
                                            header.id(),
                                            group,
                                            workflow.name(),
                                            header.priority(),
                                            workflow.concurrency().get()),
                                    loaded.verdict().isPresent()));
        }
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
