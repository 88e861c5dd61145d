package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Compatibility;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.worker.WorkerSignal.Announced;
import dev.dagkeeper.worker.WorkerSignal.Connected;
import dev.dagkeeper.worker.WorkerSignal.Disconnected;
import dev.dagkeeper.worker.WorkerSignal.SessionLost;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker is to the cluster: its incarnation with the inbox, what it says of itself, and whether a leader takes it as
 * it is. Not thread-safe; what it hears it hands on as signals.
 */
final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final Coordination zooKeeper;
    private final RandomGenerator random;
    private final Consumer<WorkerSignal> signals;
    private final Coordination.Subscription session;
    private final TreeWatch leaderWatch;
    private WorkerInfo info;
    private WorkerInfo announced;
    private Inbox inbox;
    private TreeWatch watch;
    private Optional<String> refusal = Optional.empty();
    private boolean member = true;

    /**
     * Joins the cluster.
     *
     * @param random makes the ids of incarnations
     * @throws ZooKeeperUnavailableException when it cannot join now
     */
    Membership(Coordination zooKeeper, WorkerInfo info, RandomGenerator random, Consumer<WorkerSignal> signals)
            throws InterruptedException {
        this.zooKeeper = zooKeeper;
        this.info = info;
        this.random = random;
        this.signals = signals;
        announced = info;
        inbox = new Inbox(zooKeeper, Incarnation.join(zooKeeper, info, random).id());
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

    /** That of the incarnation that it is now. */
    Inbox inbox() {
        return inbox;
    }

    String incarnation() {
        return inbox.incarnation();
    }

    int slots() {
        return info.slots();
    }

    /** Whether the session of its incarnation is not known to be over. */
    boolean isMember() {
        return member;
    }

    /** The session is over. */
    void lost() {
        member = false;
    }

    /**
     * Joins as another incarnation. Nothing is heard of its inbox before {@link #watchInbox}.
     *
     * @return its inbox
     * @throws ZooKeeperUnavailableException when it is not known to have joined; nothing has changed then
     */
    Inbox joinAgain() throws InterruptedException {
        var next =
                new Inbox(zooKeeper, Incarnation.join(zooKeeper, info, random).id());
        watch.close();
        inbox = next;
        announced = info;
        member = true;
        return next;
    }

    void watchInbox() {
        watch = InboxWatch.set(zooKeeper, inbox, signals);
    }

    /** It is to run another number of steps at once; to be announced. */
    void slotsAre(int slots) {
        log.info("worker changes its slots worker={} from={} to={}", incarnation(), info.slots(), slots);
        info = info.withSlots(slots);
    }

    /** It takes nothing new from now on; to be announced. */
    void stopping() {
        info = info.whenStopping();
    }

    /**
     * Tells the leader what has changed about this worker. To be called while there is a connection. Steps that run are not
     * ended when there are fewer slots than they are.
     */
    void announce() {
        if (member && !announced.equals(info)) {
            var told = info;
            Incarnation.announce(zooKeeper, incarnation(), told, result -> signals.accept(new Announced(told, result)));
        }
    }

    /** The answer to {@link #announce}. */
    void announced(WorkerInfo told, MultiResult result) {
        if (result instanceof MultiResult.Done) {
            announced = told;
        }
    }

    /** Whether this leader will give anything to a worker of this program. */
    void hearLeader() {
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

    /** Hears nothing more, and is no member any more: whatever it still has is for others, at once. */
    @Override
    public void close() {
        session.close();
        watch.close();
        leaderWatch.close();
        if (member) {
            zooKeeper.multi(List.of(Op.delete(Paths.worker(incarnation()), -1)), _ -> {});
        }
        log.info("worker left worker={}", incarnation());
    }
}
