package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.worker.WorkerSignal.Answered;
import dev.dagkeeper.worker.WorkerSignal.Arrived;
import dev.dagkeeper.worker.WorkerSignal.Asked;
import dev.dagkeeper.worker.WorkerSignal.Close;
import dev.dagkeeper.worker.WorkerSignal.Connected;
import dev.dagkeeper.worker.WorkerSignal.Disconnected;
import dev.dagkeeper.worker.WorkerSignal.Ended;
import dev.dagkeeper.worker.WorkerSignal.Gone;
import dev.dagkeeper.worker.WorkerSignal.ListAgain;
import dev.dagkeeper.worker.WorkerSignal.SessionLost;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes steps from its inbox while it has free slots, has them carried out, and records what came of them. One thread
 * decides ({@code worker}); attempts run on threads of their own and results are recorded by {@link Recorder}.
 *
 * <p>A claim is one multi() that deletes the item and creates the lock, so an item is never lost in between. The lock is
 * given back only when the result is recorded; to the leader its going away is the signal to read it.
 */
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final int CLAIM_BATCH = 50;

    /** How often a worker without ZooKeeper asks Postgres whether its claims still stand. */
    private static final Duration STANDING_CHECK = Duration.ofSeconds(3);

    private final ZooKeeperConnection zooKeeper;
    private final WorkerInfo info;
    private final WorkerStore store;
    private final AttemptRunner runner;
    private final Duration isolationTimeout;
    private final Recorder recorder;
    private final Counter refused;
    private final LinkedBlockingQueue<WorkerSignal> signals = new LinkedBlockingQueue<>();
    private final TreeSet<Item> waiting = new TreeSet<>();
    private final Set<Item> claiming = new HashSet<>();
    private final Set<Item> uncertain = new HashSet<>();
    private final Map<StepKey, RunningAttempt> running = new HashMap<>();
    private final HeldLocks locks;
    private final Thread thread;
    private Inbox inbox;
    private @Nullable TreeWatch watch;
    private boolean connected = true;
    private boolean member = true;
    private long lastContact = System.nanoTime();

    /**
     * Joins the cluster and begins to take steps.
     *
     * @param runner closed with this worker
     * @param isolationTimeout after so long without either store, all processes are ended
     * @throws ZooKeeperUnavailableException when it cannot join now
     */
    public Worker(
            ZooKeeperConnection zooKeeper,
            WorkerInfo info,
            WorkerStore store,
            AttemptRunner runner,
            Duration isolationTimeout,
            MeterRegistry meters)
            throws InterruptedException {
        this.zooKeeper = zooKeeper;
        this.info = info;
        this.store = store;
        this.runner = runner;
        this.isolationTimeout = isolationTimeout;
        refused = Counter.builder("dagkeeper.worker.results.refused")
                .description("results that came after their claim was taken away")
                .register(meters);
        inbox = new Inbox(zooKeeper, Incarnation.join(zooKeeper, info).id());
        locks = new HeldLocks(inbox);
        recorder = new Recorder(store, this::recorded);
        zooKeeper.curator().getConnectionStateListenable().addListener((client, state) -> connectionChanged(state));
        watch = InboxWatch.set(zooKeeper, inbox, signals);
        thread = Thread.ofPlatform().name("worker").start(this::run);
        log.info("worker joined worker={} slots={} queues={}", inbox.incarnation(), info.slots(), info.queues());
    }

    private void connectionChanged(ConnectionState state) {
        switch (state) {
            case CONNECTED, RECONNECTED -> signals.add(new Connected());
            case SUSPENDED -> signals.add(new Disconnected());
            case LOST -> signals.add(new SessionLost());
            case READ_ONLY -> signals.add(new Disconnected());
        }
    }

    private void run() {
        var batch = new ArrayList<WorkerSignal>();
        try {
            while (true) {
                batch.clear();
                var first = signals.poll(connected ? Long.MAX_VALUE : STANDING_CHECK.toNanos(), TimeUnit.NANOSECONDS);
                if (first == null) {
                    checkStanding();
                    continue;
                }
                batch.add(first);
                signals.drainTo(batch);
                for (var signal : batch) {
                    if (signal instanceof Close) {
                        return;
                    }
                    handleSafely(signal);
                }
                claim();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
            case Arrived(var item) -> {
                if (!claiming.contains(item) && !uncertain.contains(item)) {
                    waiting.add(item);
                }
            }
            case Gone(var item) -> waiting.remove(item);
            case Asked(var note) -> stop(note);
            case Answered(var from, var items, var result) -> answered(from, items, result);
            case Ended(var claimed) -> ended(claimed);
            case ListAgain() -> listAgain();
            case Disconnected() -> connected = false;
            case SessionLost() -> {
                connected = false;
                member = false;
                waiting.clear();
            }
            case Connected() -> {
                connected = true;
                lastContact = System.nanoTime();
                if (!member) {
                    rejoin();
                }
            }
            case Close() -> {}
        }
    }

    private void claim() {
        int free = info.slots() - running.size() - claiming.size();
        while (connected && member && free > 0 && !waiting.isEmpty()) {
            var batch = new ArrayList<Item>();
            while (batch.size() < Math.min(free, CLAIM_BATCH) && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            send(batch);
            free -= batch.size();
        }
    }

    private void send(List<Item> batch) {
        claiming.addAll(batch);
        var from = inbox;
        from.claim(batch, result -> signals.add(new Answered(from, List.copyOf(batch), result)));
    }

    private void answered(Inbox from, List<Item> items, MultiResult result) {
        if (from != inbox) {
            // Claims of an incarnation that is over; whatever they took, its session's end gave back.
            return;
        }
        items.forEach(claiming::remove);
        switch (result) {
            case MultiResult.Done() -> items.forEach(this::start);
            case MultiResult.Unknown _ -> uncertain.addAll(items);
            case MultiResult.Refused answer -> {
                int failed = Inbox.refusedItem(answer);
                if (failed < 0) {
                    return; // This incarnation is over; SessionLost is on its way.
                }
                // The other items of the batch were not claimed either. The one that failed was withdrawn, or its
                // step is still locked by a holder that has lost its claim and will soon notice.
                var rest = new ArrayList<>(items);
                var item = rest.remove(failed);
                if (answer.cause() == Code.NODEEXISTS) {
                    locked(item);
                }
                if (!rest.isEmpty()) {
                    send(rest);
                }
            }
        }
    }

    private void locked(Item item) {
        log.warn("step is still locked, tried again shortly step={} claim={}", item.key(), item.claim());
        later(new Arrived(item));
    }

    private void later(WorkerSignal signal) {
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(() -> signals.add(signal));
    }

    private void start(Item item) {
        locks.add(item.key(), item.claim());
        var attempt = runner.start(new Claimed(item.key(), item.claim(), item.attempt()), new AttemptListener() {
            @Override
            public void ended(RunningAttempt ended, Recorded result) {
                recorder.submit(result);
                signals.add(new Ended(ended.claimed()));
            }

            @Override
            public void abandoned(RunningAttempt ended) {
                locks.giveUp(ended.claimed().key(), ended.claimed().claim());
                signals.add(new Ended(ended.claimed()));
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

    private void recorded(List<Recorded> results, Set<StepKey> accepted) {
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
    }

    private void stop(StopNote note) {
        var attempt = running.get(note.key());
        if (attempt != null && attempt.claimed().claim() == note.claim()) {
            attempt.stop(note.kill() ? Stop.KILL : Stop.CANCEL);
        }
        inbox.discard(note);
    }

    /** After a reconnect: what happened to the inbox, to the locks and to unanswered claims has to be read. */
    private void listAgain() {
        if (!member) {
            return;
        }
        try {
            for (var item : List.copyOf(uncertain)) {
                boolean mine = inbox.heldClaim(item.key()).equals(Optional.of(item.claim()));
                uncertain.remove(item);
                if (mine) {
                    start(item);
                }
            }
            locks.restore();
            waiting.clear();
            inbox.list().forEach(name -> signals.add(InboxWatch.arrival(name)));
        } catch (ZooKeeperUnavailableException e) {
            log.debug("the inbox could not be listed; again after the reconnect", e);
        }
    }

    /** After a lost session: another incarnation, which keeps what Postgres still shows as this process's claims. */
    private void rejoin() throws InterruptedException {
        try {
            var next = new Inbox(zooKeeper, Incarnation.join(zooKeeper, info).id());
            if (watch != null) {
                watch.close();
            }
            inbox = next;
            member = true;
            waiting.clear();
            claiming.clear();
            uncertain.clear();
            locks.moveTo(next);
            // When the connection goes again on the way, the watch brings the rest about after the next reconnect.
            watch = InboxWatch.set(zooKeeper, next, signals);
            stopFallen();
            locks.restore();
            log.info("worker joined again worker={} running={}", next.incarnation(), running.size());
        } catch (ZooKeeperUnavailableException e) {
            log.info("worker could not join again, tried again shortly: {}", e.getMessage());
            later(new Connected());
        }
    }

    /** Without ZooKeeper: no new claims, and those that Postgres does not show any more are ended. */
    private void checkStanding() {
        if (stopFallen()) {
            lastContact = System.nanoTime();
        } else if (System.nanoTime() - lastContact > isolationTimeout.toNanos()) {
            log.warn(
                    "neither store answered for {}: ending all processes running={}", isolationTimeout, running.size());
            running.values().forEach(attempt -> attempt.stop(Stop.ABANDON));
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

    /** Ends everything that runs here without recording it, so it runs again elsewhere; records what has ended. */
    @Override
    public void close() {
        signals.add(new Close());
        try {
            thread.join();
            for (var attempt : running.values()) {
                attempt.stop(Stop.ABANDON);
            }
            runner.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("the work directory could not be given up", e);
        }
        recorder.close();
        if (watch != null) {
            watch.close();
        }
        log.info("worker left worker={}", inbox.incarnation());
    }
}
