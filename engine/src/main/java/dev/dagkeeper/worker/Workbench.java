package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
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

    /** When a join that did not succeed is tried again. */
    private static final Duration SHORTLY = Duration.ofMillis(100);

    private final Coordination zooKeeper;
    private final Consumer<WorkerSignal> signals;
    private final Counter refused;
    private final Delays delays;
    private final Claims claims;
    private final Membership membership;
    private final HeldLocks locks;
    private final RunningAttempts running;
    private final Standing standing;
    private volatile boolean draining;
    private boolean connected = true;

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
        this.signals = signals;
        refused = Counter.builder("dagkeeper.worker.results.refused")
                .description("results that came after their claim was taken away")
                .register(meters);
        delays = new Delays(nanoTime);
        claims = new Claims(signals, delays);
        membership = new Membership(zooKeeper, info, random, signals);
        locks = new HeldLocks(membership.inbox());
        running = new RunningAttempts(attempts, locks, results, signals);
        standing = new Standing(store, locks, running, isolationTimeout, nanoTime);
    }

    /** How long there is nothing to do unless a signal comes. */
    Duration untilDue() {
        long due = delays.nanosUntilNext();
        if (!connected) {
            due = Math.min(due, standing.nanosUntilNext());
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
        if (!connected) {
            standing.check();
        }
        claim();
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
            case Ended(var claimed) -> running.ended(claimed);
            case ListAgain() -> listAgain();
            case Disconnected() -> disconnected();
            case SessionLost() -> {
                disconnected();
                membership.lost();
                claims.forgetWaiting();
            }
            case Connected() -> {
                connected = true;
                standing.connected();
                if (!membership.isMember()) {
                    rejoin();
                } else {
                    announce();
                }
            }
            case SlotsChanged(int slots) when slots == membership.slots() -> {}
            case SlotsChanged(int slots) -> {
                membership.slotsAre(slots);
                announce();
            }
            case Announced(var told, var result) -> membership.announced(told, result);
            case LeaderChanged() -> membership.hearLeader();
            case Drain() -> drain();
            case Settled() -> {}
            case Close() -> {}
        }
    }

    private void disconnected() {
        if (connected) {
            connected = false;
            standing.disconnected();
        }
    }

    /** Tells the leader what has changed about this worker; without a connection the reconnect does. */
    private void announce() {
        if (connected) {
            membership.announce();
        }
    }

    /** Why a leader did not accept it, from then on. */
    Optional<String> refusal() {
        return membership.refusal();
    }

    /** From now on nothing new is taken; the leader is told, and gives what lies in the inbox to others. */
    private void drain() {
        draining = true;
        membership.stopping();
        announce();
        log.info("worker drains worker={} running={}", membership.incarnation(), running.size());
    }

    /** Whether it drains and holds nothing any more: every result is recorded. */
    boolean isDrained() {
        return draining
                && running.size() == 0
                && claims.areSettled()
                && locks.wanted().isEmpty();
    }

    private void claim() {
        if (connected && membership.isMember() && !draining) {
            claims.send(membership.inbox(), membership.slots() - running.size() - claims.underWay());
        }
    }

    private void answered(Inbox from, List<Item> items, MultiResult result) {
        // Claims of an incarnation that is over are nothing: whatever they took, its session's end gave back.
        if (from == membership.inbox()) {
            claims.answered(from, items, result).forEach(running::start);
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
        running.find(note.key(), note.claim())
                .ifPresent(attempt -> attempt.stop(note.kill() ? Stop.KILL : Stop.CANCEL));
        membership.inbox().discard(note);
    }

    /** After a reconnect: what happened to the inbox, to the locks and to unanswered claims has to be read. */
    private void listAgain() throws InterruptedException {
        if (!membership.isMember()) {
            return;
        }
        var inbox = membership.inbox();
        try {
            // The server that answers now may be behind the one that carried a claim out.
            zooKeeper.sync();
            claims.resolve(inbox).forEach(running::start);
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
            var inbox = membership.joinAgain();
            claims.forgetAll();
            locks.moveTo(inbox);
            // When the connection goes again on the way, the watch brings the rest about after the next reconnect.
            membership.watchInbox();
            standing.endFallen();
            locks.restore();
            log.info("worker joined again worker={} running={}", inbox.incarnation(), running.size());
        } catch (ZooKeeperUnavailableException e) {
            log.info("worker could not join again, tried again shortly: {}", e.getMessage());
            delays.add(SHORTLY, new Connected());
        }
    }

    /** Tells everything that runs here to end without being recorded, so it runs again elsewhere. */
    void abandon() {
        running.abandon();
    }

    /** Hears nothing more, and is no member any more: whatever it still has is for others, at once. */
    @Override
    public void close() {
        membership.close();
    }
}
