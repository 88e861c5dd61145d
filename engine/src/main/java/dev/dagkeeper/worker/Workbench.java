package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Compatibility;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.worker.WorkerSignal.Announced;
import dev.dagkeeper.worker.WorkerSignal.Answered;
import dev.dagkeeper.worker.WorkerSignal.Arrived;
import dev.dagkeeper.worker.WorkerSignal.Asked;
import dev.dagkeeper.worker.WorkerSignal.Close;
import dev.dagkeeper.worker.WorkerSignal.Connected;
import dev.dagkeeper.worker.WorkerSignal.Disconnected;
import dev.dagkeeper.worker.WorkerSignal.Drain;
import dev.dagkeeper.worker.WorkerSignal.Ended;
import dev.dagkeeper.worker.WorkerSignal.Gone;
import dev.dagkeeper.worker.WorkerSignal.LeaderChanged;
import dev.dagkeeper.worker.WorkerSignal.ListAgain;
import dev.dagkeeper.worker.WorkerSignal.SessionLost;
import dev.dagkeeper.worker.WorkerSignal.Settled;
import dev.dagkeeper.worker.WorkerSignal.SlotsChanged;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker has on its bench: items that wait, claims that are on their way, attempts that run and the locks for them.
 * It takes steps from its inbox while it has free slots, has them carried out, and hands on what came of them to be recorded.
 *
 * <p>A claim is one multi() that deletes the item and creates the lock, so an item is never lost in between. The lock is
 * given back only when the result is recorded; to the leader its going away is the signal to read it.
 *
 * <p>It has no thread: whoever drives it calls {@link #round} with the signals that came, at the latest when
 * {@link #untilDue} is over. Not thread-safe, but {@link #recorded} may be called from another thread.
 */
final class Workbench implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workbench.class);

    /** How often a worker without ZooKeeper asks Postgres whether its claims still stand. */
    private static final Duration STANDING_CHECK = Duration.ofSeconds(3);

    /** When a join that did not succeed is tried again. */
    private static final Duration SHORTLY = Duration.ofMillis(100);

    private final Coordination zooKeeper;
    private final WorkerStore store;
    private final Attempts attempts;
    private final Consumer<Recorded> results;
    private final Duration isolationTimeout;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final Consumer<WorkerSignal> signals;
    private final Counter refused;
    private final Delays delays;
    private final Claims claims;
    private final Map<StepKey, RunningAttempt> running = new HashMap<>();
    private final HeldLocks locks;
    private final Coordination.Subscription session;
    private WorkerInfo info;
    private WorkerInfo announced;
    private Inbox inbox;
    private TreeWatch watch;
    private final TreeWatch leaderWatch;
    private volatile boolean draining;
    private Optional<String> refusal = Optional.empty();
    private boolean connected = true;
    private boolean member = true;
    private long lastContact;
    private long nextStandingCheck;

    /**
     * Joins the cluster.
     *
     * @param results takes what is to be recorded; {@link #recorded} is to be called when it is
     * @param isolationTimeout after so long without either store, all attempts are ended
     * @param random makes the ids of incarnations
     * @param nanoTime the monotonic clock
     * @param signals takes what comes from other threads, to be handed to {@link #round}
     * @throws ZooKeeperUnavailableException when it cannot join now
     */
    Workbench(
            Coordination zooKeeper,
            WorkerInfo info,
            WorkerStore store,
            Attempts attempts,
            Consumer<Recorded> results,
            Duration isolationTimeout,
            RandomGenerator random,
            LongSupplier nanoTime,
            Consumer<WorkerSignal> signals,
            MeterRegistry meters)
            throws InterruptedException {
        this.zooKeeper = zooKeeper;
        this.info = info;
        announced = info;
        this.store = store;
        this.attempts = attempts;
        this.results = results;
        this.isolationTimeout = isolationTimeout;
        this.random = random;
        this.nanoTime = nanoTime;
        this.signals = signals;
        refused = Counter.builder("dagkeeper.worker.results.refused")
                .description("results that came after their claim was taken away")
                .register(meters);
        delays = new Delays(nanoTime);
        claims = new Claims(signals, delays);
        lastContact = nanoTime.getAsLong();
        inbox = new Inbox(zooKeeper, Incarnation.join(zooKeeper, info, random).id());
        locks = new HeldLocks(inbox);
        session = zooKeeper.listen(event -> signals.accept(
                switch (event) {
                    case CONNECTED -> new Connected();
                    case SUSPENDED -> new Disconnected();
                    case LOST -> new SessionLost();
                }));
        watch = InboxWatch.set(zooKeeper, inbox, signals);
        leaderWatch = LeaderWatch.set(zooKeeper, signals);
        log.info("worker joined worker={} slots={} queues={}", inbox.incarnation(), info.slots(), info.queues());
    }

    /** How long there is nothing to do unless a signal comes. */
    Duration untilDue() {
        long due = delays.nanosUntilNext();
        if (!connected) {
            due = Math.min(due, nextStandingCheck - nanoTime.getAsLong());
        }
        return Duration.ofNanos(Math.max(0, due));
    }

    /** Does what the signals and the time ask for. */
    void round(List<WorkerSignal> round) throws InterruptedException {
        for (var signal : round) {
            handleSafely(signal);
        }
        for (var signal : delays.poll()) {
            handleSafely(signal);
        }
        if (!connected && nextStandingCheck - nanoTime.getAsLong() <= 0) {
            nextStandingCheck = nanoTime.getAsLong() + STANDING_CHECK.toNanos();
            checkStanding();
        }
        claim();
    }

    /** The incarnation that it is now. */
    String incarnation() {
        return inbox.incarnation();
    }

    /** One signal that cannot be handled must not end the worker. */
    private void handleSafely(WorkerSignal signal) throws InterruptedException {
        try {
            handle(signal);
        } catch (RuntimeException e) {
            log.error("error of the program, please report it signal={}", signal, e);
        }
    }

    private void handle(WorkerSignal signal) throws InterruptedException {
        switch (signal) {
            case Arrived(var item) -> claims.arrived(item);
            case Gone(var item) -> claims.gone(item);
            case Asked(var note) -> stop(note);
            case Answered(var from, var items, var result) -> answered(from, items, result);
            case Ended(var claimed) -> ended(claimed);
            case ListAgain() -> listAgain();
            case Disconnected() -> disconnected();
            case SessionLost() -> {
                disconnected();
                member = false;
                claims.forgetWaiting();
            }
            case Connected() -> {
                connected = true;
                lastContact = nanoTime.getAsLong();
                if (!member) {
                    rejoin();
                } else {
                    announce();
                }
            }
            case SlotsChanged(int slots) when slots == info.slots() -> {}
            case SlotsChanged(int slots) -> {
                log.info("worker changes its slots worker={} from={} to={}", inbox.incarnation(), info.slots(), slots);
                info = info.withSlots(slots);
                announce();
            }
            case Announced(var told, var result) -> {
                if (result instanceof MultiResult.Done) {
                    announced = told;
                }
            }
            case LeaderChanged() -> hearLeader();
            case Drain() -> drain();
            case Settled() -> {}
            case Close() -> {}
        }
    }

    private void disconnected() {
        if (connected) {
            connected = false;
            nextStandingCheck = nanoTime.getAsLong() + STANDING_CHECK.toNanos();
        }
    }

    /**
     * Tells the leader what has changed about this worker; without a connection the reconnect does. Steps that run are not
     * ended when there are fewer slots than they are.
     */
    private void announce() {
        if (connected && member && !announced.equals(info)) {
            var told = info;
            Incarnation.announce(
                    zooKeeper, inbox.incarnation(), told, result -> signals.accept(new Announced(told, result)));
        }
    }

    /** Whether this leader will give anything to a worker of this program. */
    private void hearLeader() {
        try {
            if (refusal.isEmpty()) {
                refusal = Compatibility.objectionToWorker(zooKeeper, info.protocol());
            }
        } catch (ZooKeeperUnavailableException e) {
            log.debug("the leader's protocol could not be read; again after the reconnect", e);
        }
    }

    /** Why a leader did not accept it, from then on. */
    Optional<String> refusal() {
        return refusal;
    }

    /** From now on nothing new is taken; the leader is told, and gives what lies in the inbox to others. */
    private void drain() {
        draining = true;
        info = info.whenStopping();
        announce();
        log.info("worker drains worker={} running={}", inbox.incarnation(), running.size());
    }

    /** Whether it drains and holds nothing any more: every result is recorded. */
    boolean isDrained() {
        return draining
                && running.isEmpty()
                && claims.areSettled()
                && locks.wanted().isEmpty();
    }

    private void claim() {
        if (connected && member && !draining) {
            claims.send(inbox, info.slots() - running.size() - claims.underWay());
        }
    }

    private void answered(Inbox from, List<Item> items, MultiResult result) {
        // Claims of an incarnation that is over are nothing: whatever they took, its session's end gave back.
        if (from == inbox) {
            claims.answered(from, items, result).forEach(this::start);
        }
    }

    private void start(Item item) {
        locks.add(item.key(), item.claim());
        var attempt = attempts.start(new Claimed(item.key(), item.claim(), item.attempt()), new AttemptListener() {
            @Override
            public void ended(RunningAttempt ended, Recorded result) {
                results.accept(result);
                signals.accept(new Ended(ended.claimed()));
            }

            @Override
            public void abandoned(RunningAttempt ended) {
                locks.giveUp(ended.claimed().key(), ended.claimed().claim());
                signals.accept(new Ended(ended.claimed()));
            }
        });
        running.put(item.key(), attempt);
    }

    private void ended(Claimed claimed) {
        // A later claim of the same step may have taken its place already.
        var attempt = running.get(claimed.key());
        if (attempt != null && attempt.claimed().equals(claimed)) {
            running.remove(claimed.key());
        }
    }

    /** Results are in Postgres; those not in {@code accepted} lost their claim before. May be called from any thread. */
    void recorded(List<Recorded> results, Set<StepKey> accepted) {
        var unlocked = new HashMap<StepKey, Integer>();
        for (var result : results) {
            if (accepted.contains(result.key())) {
                unlocked.put(result.key(), result.claim());
            } else {
                refused.increment();
                log.warn("result refused, its claim was taken away step={} claim={}", result.key(), result.claim());
                locks.giveUp(result.key(), result.claim());
            }
        }
        locks.unlock(unlocked);
        if (draining) {
            signals.accept(new Settled());
        }
    }

    private void stop(StopNote note) {
        var attempt = running.get(note.key());
        if (attempt != null && attempt.claimed().claim() == note.claim()) {
            attempt.stop(note.kill() ? Stop.KILL : Stop.CANCEL);
        }
        inbox.discard(note);
    }

    /** After a reconnect: what happened to the inbox, to the locks and to unanswered claims has to be read. */
    private void listAgain() throws InterruptedException {
        if (!member) {
            return;
        }
        try {
            // The server that answers now may be behind the one that carried a claim out.
            zooKeeper.sync();
            claims.resolve(inbox).forEach(this::start);
            locks.restore();
            claims.forgetWaiting();
            inbox.list().forEach(name -> InboxWatch.arrival(name).ifPresent(signals));
        } catch (ZooKeeperUnavailableException e) {
            log.debug("the inbox could not be listed; again after the reconnect", e);
        }
    }

    /** After a lost session: another incarnation, which keeps what Postgres still shows as this process's claims. */
    private void rejoin() throws InterruptedException {
        try {
            var next = new Inbox(
                    zooKeeper, Incarnation.join(zooKeeper, info, random).id());
            watch.close();
            inbox = next;
            announced = info;
            member = true;
            claims.forgetAll();
            locks.moveTo(next);
            // When the connection goes again on the way, the watch brings the rest about after the next reconnect.
            watch = InboxWatch.set(zooKeeper, next, signals);
            stopFallen();
            locks.restore();
            log.info("worker joined again worker={} running={}", next.incarnation(), running.size());
        } catch (ZooKeeperUnavailableException e) {
            log.info("worker could not join again, tried again shortly: {}", e.getMessage());
            delays.add(SHORTLY, new Connected());
        }
    }

    /** Without ZooKeeper: no new claims, and those that Postgres does not show any more are ended. */
    private void checkStanding() {
        if (stopFallen()) {
            lastContact = nanoTime.getAsLong();
        } else if (nanoTime.getAsLong() - lastContact > isolationTimeout.toNanos()) {
            log.warn(
                    "neither store answered for {}: ending all processes running={}", isolationTimeout, running.size());
            abandon();
        }
    }

    private boolean stopFallen() {
        try {
            var held = locks.wanted();
            if (held.isEmpty()) {
                return true;
            }
            var standing = store.standing(held);
            for (var key : held.keySet()) {
                var attempt = running.get(key);
                if (!standing.contains(key)
                        && attempt != null
                        && Objects.equals(held.get(key), attempt.claimed().claim())) {
                    log.warn("claim was taken away, ending the step step={} claim={}", key, held.get(key));
                    locks.forget(key);
                    attempt.stop(Stop.ABANDON);
                }
            }
            return true;
        } catch (StoreException e) {
            log.debug("claims could not be checked", e);
            return false;
        }
    }

    /** Tells everything that runs here to end without being recorded, so it runs again elsewhere. */
    void abandon() {
        running.values().forEach(attempt -> attempt.stop(Stop.ABANDON));
    }

    /** Hears nothing more, and is no member any more: whatever it still has is for others, at once. */
    @Override
    public void close() {
        session.close();
        watch.close();
        leaderWatch.close();
        if (member) {
            zooKeeper.multi(List.of(Op.delete(Paths.worker(inbox.incarnation()), -1)), _ -> {});
        }
        log.info("worker left worker={}", inbox.incarnation());
    }
}
