package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.ConcurrencyGroups;
import dev.dagkeeper.run.Deadlines;
import dev.dagkeeper.run.Decider;
import dev.dagkeeper.run.Decision;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.Reasons;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.settings.LiveSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader knows within one epoch, and decides on what it hears: the active runs, who has which step, what is ready,
 * what is due, and what is still to be written. {@link Dispatch} gives out what is ready. Not thread-safe: the leader's.
 */
final class Term {
    private static final Logger log = LoggerFactory.getLogger(Term.class);

    private final LeaderStore store;
    private final long epoch;
    private final LeaderMetrics metrics;
    private final Decider decider = new Decider();
    private final Map<RunId, LedRun> runs = new HashMap<>();
    private final Fleet fleet = new Fleet();
    private final Backlog backlog = new Backlog();
    private final Pools pools = new Pools();
    private final Timers timers = new Timers();
    private final WriteBatch batch = new WriteBatch();
    private final List<Change.StopRequested> stops = new ArrayList<>();
    private final ConcurrencyGroups groups = new ConcurrencyGroups();
    private final List<RunId> left = new ArrayList<>();
    private final PastGates past = new PastGates();
    private RunEnd ended = (_, _, _) -> {};
    private boolean produced;
    private QueueEnd leftQueue = (_, _, _, _) -> {};

    Term(LeaderStore store, long epoch, LeaderMetrics metrics) {
        this.store = store;
        this.epoch = epoch;
        this.metrics = metrics;
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

    Backlog backlog() {
        return backlog;
    }

    PastGates past() {
        return past;
    }

    ConcurrencyGroups groups() {
        return groups;
    }

    Timers timers() {
        return timers;
    }

    WriteBatch batch() {
        return batch;
    }

    Optional<LedRun> find(RunId run) {
        return Optional.ofNullable(runs.get(run));
    }

    Collection<LedRun> runs() {
        return runs.values();
    }

    void add(LedRun run) {
        runs.put(run.id(), run);
        run.active().header().due().ifPresent(due -> addTimer(run, due, new Event.RunTimedOut()));
    }

    /** The run itself is due then. */
    void addDeadlines(LedRun run, List<Deadlines.Due> deadlines) {
        deadlines.forEach(due -> addTimer(run, due.at(), new Event.DeadlinePassed(due.deadline())));
    }

    private void addTimer(LedRun run, Instant due, Event event) {
        timers.add(new Timers.Timer(due, run.id(), event));
    }

    /** Told of each run that ends, before that is written. */
    interface RunEnd {
        void ended(RunHeader header, RunState state, Instant now);
    }

    void whenRunsEnd(RunEnd listener) {
        ended = listener;
    }

    /** Told what came of each run that was queued in a concurrency group, before that is written. */
    interface QueueEnd {
        void left(RunHeader header, FireOutcome outcome, String reason, Instant now);
    }

    void whenRunsLeaveTheQueue(QueueEnd listener) {
        leftQueue = listener;
    }

    /** A run has ended as failed that was never in memory. */
    void refused(RunHeader header, Instant now) {
        ended.ended(header, RunState.FAILED, now);
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
                if (step.to().isFinal() && run.active().step(step.key()).dependsOnPast()) {
                    past.ended(run.active().header(), false);
                }
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
                    metrics.ended(changed.to());
                    ended.ended(run.active().header(), changed.to(), now);
                    past.ended(run.active().header(), true);
                } else if (changed.from() == RunState.QUEUED) {
                    addDeadlines(run, Deadlines.dueOnceStarted(run.active(), now));
                }
                followInGroup(run, changed, now);
            }
            case Change.InstancesCreated _ -> {}
            case Change.RunOutputsSet _ -> {}
            case Change.DeadlineStruck _ -> {}
            case Change.Noted _ -> {}
        }
    }

    private void followInGroup(LedRun run, Change.RunChanged changed, Instant now) {
        if (run.active().header().group().isEmpty()) {
            return;
        }
        if (changed.from() == RunState.QUEUED && changed.to() != RunState.QUEUED) {
            boolean started =
                    changed.to() == RunState.RUNNING && changed.verdict().isEmpty();
            var reason = Reasons.cause(changed.reason());
            var outcome = Reasons.isStartDeadline(reason) ? FireOutcome.MISSED : FireOutcome.SKIPPED;
            leftQueue.left(run.active().header(), started ? FireOutcome.STARTED : outcome, reason, now);
        }
        if (changed.to().isFinal() || (changed.verdict().isPresent() && groups.isWaiting(run.id()))) {
            leavesGroup(run.id());
        } else if (changed.verdict().isPresent()) {
            groups.ending(run.id());
        }
    }

    /** A run does not need its place any more, or does not wait for one. */
    void leavesGroup(RunId run) {
        left.add(run);
    }

    /** Takes those that left their concurrency groups since the last time. */
    List<RunId> takeLeft() {
        var taken = List.copyOf(left);
        left.clear();
        return taken;
    }

    /** To be placed, unless it first waits for an earlier run. */
    void addReady(LedRun run, StepKey key, Instant readyAt) {
        if (!past.isOpen(run, key.step())) {
            return;
        }
        var active = run.active();
        var item = new Item(active.priority(key.step()), key, active.claim(key), active.attempt(key));
        backlog.add(active.step(key).demand(), item, readyAt);
    }

    /** Whether an entry of the backlog is still right. */
    boolean isReady(Item item) {
        var run = runs.get(item.key().run());
        return run != null
                && run.active().state(item.key()) == StepState.BLOCKED
                && run.active().claim(item.key()) == item.claim();
    }

    /** Whether it waits in the inbox of a worker. */
    boolean isQueued(StepKey key) {
        var run = runs.get(key.run());
        return run != null && run.active().state(key) == StepState.QUEUED;
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
        run.active().due(key).ifPresent(due -> addTimer(run, due, new Event.Due(key)));
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

    /** An item is certainly in no inbox any more and was not claimed. */
    void takenBack(Item item, Instant now) {
        fleet.release(item.key());
        find(item.key().run()).ifPresent(run -> decide(run, new Event.Withdrawn(item.key(), item.claim()), now));
    }

    /** Takes the requests to end steps that were decided since the last time. */
    List<Change.StopRequested> takeStops() {
        if (stops.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(stops);
        stops.clear();
        return taken;
    }

    /** Whether updates of datasets were written since it was asked last. */
    boolean tookProduced() {
        var taken = produced;
        produced = false;
        return taken;
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
        produced |= !writes.datasets().produced().isEmpty();
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
}
