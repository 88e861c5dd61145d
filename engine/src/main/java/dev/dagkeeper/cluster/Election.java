package dev.dagkeeper.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;

/**
 * Takes part in the election of the leader. A suspended connection does not end a leadership, a lost session does: what a
 * leader does meanwhile is fenced by its epoch.
 */
public final class Election implements AutoCloseable {
    private final LeaderLatch latch;
    private final ExecutorService callbacks;

    /**
     * Becomes a candidate.
     *
     * @param id of this process, for those who ask who leads
     * @param listener told on one thread, in order
     */
    public Election(ZooKeeperConnection zooKeeper, String id, Listener listener) {
        callbacks = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("election").daemon().factory());
        latch = new LeaderLatch(zooKeeper.curator(), Paths.LATCH, id);
        latch.addListener(
                new LeaderLatchListener() {
                    @Override
                    public void isLeader() {
                        listener.elected();
                    }

                    @Override
                    public void notLeader() {
                        listener.deposed();
                    }
                },
                callbacks);
        try {
            latch.start();
        } catch (Exception e) {
            throw new IllegalStateException("the election could not be joined: " + e.getMessage(), e);
        }
    }

    /** The id of the process that leads now; empty while nobody does. */
    public static Optional<String> leader(Coordination zooKeeper) {
        return first(zooKeeper).map(Coordination.Node::data);
    }

    /** The session of the process that leads now; empty while nobody does. */
    static Optional<Long> session(Coordination zooKeeper) {
        return first(zooKeeper).map(Coordination.Node::owner);
    }

    private static Optional<Coordination.Node> first(Coordination zooKeeper) {
        // The recipe's nodes end with a sequence number; the candidate with the lowest leads.
        return zooKeeper.children(Paths.LATCH).stream()
                .min(Comparator.comparing(name -> name.substring(name.lastIndexOf('-') + 1)))
                .flatMap(name -> zooKeeper.read(Paths.LATCH + "/" + name));
    }

    /** Withdraws the candidature and gives up a leadership; returns when the listener has been told. */
    @Override
    public void close() {
        try {
            latch.close(LeaderLatch.CloseMode.NOTIFY_LEADER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            callbacks.close();
        }
    }

    /** Hears how the election goes. */
    public interface Listener {
        /** This process leads now. */
        void elected();

        /** It does not lead any more. */
        void deposed();
    }
}
