package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.Decider;
import dev.dagkeeper.run.Decision;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.settings.LiveSettings;
import dev.dagkeeper.workflow.Demand;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader knows and does within one epoch: the active runs, who has which step, what is ready, what is due, and what
 * is still to be written. Not thread-safe: the leader's.
 */
final class Term {
    private static final Logger log = LoggerFactory.getLogger(Term.class);

    private final LeaderStore store;
    private final Outbox outbox;
    private final long epoch;
    private final LeaderMetrics metrics;
    private final Consumer<Signal> signals;
    private final Decider decider = new Decider();
    private final Map<RunId, LedRun> runs = new HashMap<>();
    private final Fleet fleet = new Fleet();
    private final Backlog backlog = new Backlog();
    private final Pools pools = new Pools();
    private final Placing placing = new Placing(backlog, fleet, pools);
    private final Timers timers = new Timers();
    private final WriteBatch batch = new WriteBatch();
    private final List<Change.StopRequested> stops = new ArrayList<>();
    private final List<Told> notes = new ArrayList<>();
    private final Deque<Event.Withdrawn> withdrawn = new ArrayDeque<>();

    Term(LeaderStore store, Outbox outbox, long epoch, LeaderMetrics metrics, Consumer<Signal> signals) {
        this.store = store;
        this.outbox = outbox;
        this.epoch = epoch;
        this.metrics = metrics;
        this.signals = signals;
    }

    long epoch() {
        return epoch;
    }

    Fleet fleet() {
        return fleet;
    }

    Pools pools() {
        return pools;
    }

    Placing placing() {
        return placing;
    }

    Timers timers() {
        return timers;
    }

    WriteBatch batch() {
        return batch;
    }

    boolean hasFollowUps() {
        return !withdrawn.isEmpty();
    }

    Optional<LedRun> find(RunId run) {
        return Optional.ofNullable(runs.get(run));
    }

    Collection<LedRun> runs() {
        return runs.values();
    }

    void add(LedRun run) {
        runs.put(run.id(), run);
        run.active().header().due().ifPresent(due -> timers.add(new Timers.Timer(due, run.id(), Optional.empty())));
    }

    /** What operators have set; holds from the next step that is placed. */
    void settingsAre(LiveSettings settings) {
        fleet.limitsAre(settings.prefetch(), settings.maxSteps().orElse(Integer.MAX_VALUE));
        pools.limitsAre(settings.pools());
    }

    /** Learns who is alive; returns who is gone. */
    List<String> membersAre(List<Member> alive) {
        return fleet.update(alive);
    }

    /** The claim of a step that a worker is believed to have. */
    OptionalInt currentClaim(StepKey key) {
        var run = runs.get(key.run());
        if (run == null || !run.active().has(key)) {
            return OptionalInt.empty();
        }
        return switch (run.active().state(key)) {
            case QUEUED, RUNNING -> OptionalInt.of(run.active().claim(key));
            case PENDING, BLOCKED, WAITING -> OptionalInt.empty();
            case SUCCEEDED, WARNED, FAILED, TIMED_OUT, SKIPPED, UPSTREAM_FAILED, CANCELLED -> OptionalInt.empty();
        };
    }

    /** Decides an event and keeps what follows from it. */
    void decide(LedRun run, Event event, Instant now) {
        metrics.decided();
        try {
            take(run, decider.decide(run.active(), event, now), now);
        } catch (RuntimeException e) {
            setAside(run, e);
        }
    }

    /** One run that cannot be decided about must not keep all others from going on. */
    private void setAside(LedRun run, RuntimeException e) {
        log.error("run set aside after an error of the program, please report it run={}", run.id(), e);
        runs.remove(run.id());
        batch.addReason(run, "set aside after an error of the program (" + e + "); taken up again by the next leader");
    }

    /** Brings a run that was just restored up to date. */
    void resume(LedRun run, Instant now) {
        try {
            take(run, decider.resume(run.active(), now), now);
        } catch (RuntimeException e) {
            setAside(run, e);
            return;
        }
        for (var event : run.active().undecided()) {
            decide(run, event, now);
        }
    }

    private void take(LedRun run, Decision decision, Instant now) {
        for (var change : decision.changes()) {
            batch.add(run, change, now);
        }
        run.active().apply(decision);
        for (var change : decision.changes()) {
            follow(run, change, now);
        }
    }

    private void follow(LedRun run, Change change, Instant now) {
        switch (change) {
            case Change.StepChanged step -> {
                pools.count(run.active(), step.key());
                if (step.to() == StepState.BLOCKED && run.active().isInstance(step.key())) {
                    addReady(run, step.key(), now);
                } else if (step.to() == StepState.WAITING) {
                    addTimer(run, step.key());
                }
            }
            case Change.StopRequested stop -> stops.add(stop);
            case Change.RunChanged changed -> {
                if (changed.to().isFinal()) {
                    runs.remove(run.id());
                }
            }
            case Change.InstancesCreated _ -> {}
            case Change.RunOutputsSet _ -> {}
            case Change.Noted _ -> {}
        }
    }

    void addReady(LedRun run, StepKey key, Instant readyAt) {
        var active = run.active();
        var item = new Item(active.priority(key.step()), key, active.claim(key), active.attempt(key));
        backlog.add(active.step(key).demand(), item, readyAt);
    }

    /** A worker has the step, and what it asked for. */
    void assign(String incarnation, LedRun run, StepKey key) {
        fleet.assign(incarnation, key, run.active().step(key).demand());
    }

    /** The lock of a step went whose run is not known: it was set aside, or has ended. */
    void forget(StepKey key) {
        if (!runs.containsKey(key.run())) {
            fleet.release(key);
            pools.release(key);
        }
    }

    void addTimer(LedRun run, StepKey key) {
        run.active().due(key).ifPresent(due -> timers.add(new Timers.Timer(due, run.id(), Optional.of(key))));
    }

    /** A worker took the lock of a step. */
    void locked(StepKey key, Instant now) {
        var run = runs.get(key.run());
        if (run != null && run.active().has(key) && run.active().state(key) == StepState.QUEUED) {
            var worker = fleet.holder(key)
                    .flatMap(fleet::member)
                    .map(member -> member.info().name())
                    .or(() -> run.active().worker(key))
                    .orElse("");
            decide(run, new Event.Running(key, run.active().claim(key), worker, now), now);
        }
    }

    /**
     * Reads what was recorded for claims and decides it.
     *
     * @return those for which nothing is recorded
     */
    Map<StepKey, Integer> hear(Map<StepKey, Integer> claims, Instant now) {
        var silent = new HashMap<StepKey, Integer>();
        var withOutputs = claims.keySet().stream()
                .filter(key -> find(key.run())
                        .filter(run -> run.active().needsOutputs(key.step()))
                        .isPresent())
                .toList();
        var heard = store.reports(claims, withOutputs);
        for (var claim : claims.entrySet()) {
            var key = claim.getKey();
            var report = heard.get(key);
            if (report == null) {
                silent.put(key, claim.getValue());
            } else {
                fleet.release(key);
                find(key.run())
                        .ifPresent(run -> decide(run, new Event.Reported(key, claim.getValue(), report.report()), now));
            }
        }
        return silent;
    }

    /**
     * Sent items did not simply arrive.
     *
     * @return whether everything must be looked up
     */
    boolean notSent(Outbox.Failure failure, Instant now) {
        return switch (failure) {
            case Outbox.Failure.Deposed() -> throw new TermEndedException("another leader has put up its fence");
            case Outbox.Failure.Unknown _ -> true;
            case Outbox.Failure.Undeliverable(var items) -> {
                items.forEach(item -> takenBack(item, now));
                yield false;
            }
        };
    }

    /** An item is certainly in no inbox any more and was not claimed. */
    void takenBack(Item item, Instant now) {
        fleet.release(item.key());
        find(item.key().run()).ifPresent(run -> decide(run, new Event.Withdrawn(item.key(), item.claim()), now));
    }

    /** Decides what came of asking for steps to be ended. */
    void followUp(Instant now) {
        for (var event = withdrawn.poll(); event != null; event = withdrawn.poll()) {
            fleet.release(event.key());
            var run = runs.get(event.key().run());
            if (run != null) {
                decide(run, event, now);
            }
        }
    }

    /** Gives ready steps to workers that have room, in memory and in the batch; they are sent once that is written. */
    List<Sending> place(Instant now) throws InterruptedException {
        var sendings = new ArrayList<Sending>();
        var target = new Placing.Target() {
            @Override
            public boolean isWaiting(Item item) {
                var run = runs.get(item.key().run());
                return run != null
                        && run.active().state(item.key()) == StepState.BLOCKED
                        && run.active().claim(item.key()) == item.claim();
            }

            @Override
            public void place(Item item, Demand demand, FleetWorker worker) {
                var name = worker.member().info().name();
                find(item.key().run())
                        .ifPresent(run -> decide(run, new Event.Placed(item.key(), item.claim(), name), now));
                fleet.assign(worker.incarnation(), item.key(), demand);
                sendings.add(new Sending(item, worker.incarnation()));
            }
        };
        placing.round(now, target);
        if (takeFromBusy(now)) {
            placing.round(now, target);
        }
        return sendings;
    }

    /** With nothing left to place, a worker with a free slot gets what waits behind the slots of a busy one. */
    private boolean takeFromBusy(Instant now) throws InterruptedException {
        var misplaced = fleet.misplaced(
                key -> find(key.run())
                        .filter(run -> run.active().state(key) == StepState.QUEUED)
                        .isPresent(),
                backlog::has);
        if (misplaced.isEmpty()) {
            return false;
        }
        var back = outbox.withdraw(
                misplaced.stream().flatMap(key -> sending(key).stream()).toList());
        back.forEach(item -> takenBack(item, now));
        return !back.isEmpty();
    }

    /** The item of a step that lies in some inbox, as far as this term knows. */
    private Optional<Sending> sending(StepKey key) {
        var run = runs.get(key.run());
        return run == null
                ? Optional.empty()
                : fleet.holder(key)
                        .map(incarnation -> new Sending(
                                new Item(
                                        run.active().priority(key.step()),
                                        key,
                                        run.active().claim(key),
                                        run.active().attempt(key)),
                                incarnation));
    }

    /** Writes the batch, or ends the term. */
    void write() {
        if (!batch.isEmpty()) {
            confirm();
        }
    }

    /** Writes the batch, even when there is nothing in it: so a leader that is idle learns whether its term has ended. */
    void confirm() {
        var writes = batch.take();
        if (!store.write(epoch, writes)) {
            throw new TermEndedException(
                    "a transaction was refused: epoch " + epoch + " is over, or a result came first");
        }
        metrics.wrote();
        for (var event : writes.events()) {
            log.info(
                    "{} run={} step={} index={} attempt={} from={} to={} reason={}",
                    event.type(),
                    event.run(),
                    event.step().orElse(""),
                    event.index().map(String::valueOf).orElse(""),
                    event.attempt().map(String::valueOf).orElse(""),
                    event.from(),
                    event.to(),
                    event.reason());
        }
    }

    /** Sends what was placed, and asks for the end of what is to be ended. To be called after {@link #write}. */
    void dispatch(List<Sending> sendings) throws InterruptedException {
        if (!sendings.isEmpty()) {
            metrics.dispatched(sendings.size());
            outbox.send(sendings, failure -> signals.accept(new Signal.NotSent(failure)));
        }
        if (!stops.isEmpty()) {
            stop(List.copyOf(stops));
            stops.clear();
        }
        notes.forEach(told -> outbox.stop(told.note(), told.incarnation()));
        notes.clear();
    }

    private void stop(List<Change.StopRequested> requests) throws InterruptedException {
        var queued = new ArrayList<Sending>();
        for (var request : requests) {
            if (find(request.key().run())
                    .filter(run -> run.active().state(request.key()) == StepState.QUEUED)
                    .isPresent()) {
                sending(request.key()).ifPresent(queued::add);
            }
        }
        var back = outbox.withdraw(queued);
        back.forEach(item -> withdrawn.add(new Event.Withdrawn(item.key(), item.claim())));
        var backKeys = new HashSet<StepKey>();
        back.forEach(item -> backKeys.add(item.key()));
        for (var request : requests) {
            if (!backKeys.contains(request.key())) {
                tellHolder(request.key(), request.claim(), request.kill());
            }
        }
    }

    /** Puts a note into the inbox of the worker that has the step. */
    private void tellHolder(StepKey key, int claim, boolean kill) {
        fleet.holder(key).ifPresent(incarnation -> outbox.stop(new StopNote(key, claim, kill), incarnation));
    }

    /**
     * Has a note put into an inbox once everything decided so far is written: what only memory knows may still be
     * forgotten, and a step that was ended for it would have ended for nothing.
     */
    void tellAfterWriting(StopNote note, String incarnation) {
        notes.add(new Told(note, incarnation));
    }

    private record Told(StopNote note, String incarnation) {}
}
