package dev.dagkeeper.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker gives back and takes again its own locks and no others. */
@Timeout(180)
class HeldLocksIT {
    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    private final StepKey key = new StepKey(new RunId(UUID.randomUUID()), 0, StepKey.WHOLE);
    private ZooKeeperConnection zooKeeper;
    private Inbox inbox;
    private HeldLocks locks;

    @BeforeEach
    void join() throws Exception {
        zooKeeper = open();
        inbox = join(zooKeeper);
        locks = new HeldLocks(inbox);
    }

    @AfterEach
    void leave() {
        zooKeeper.close();
    }

    @Test
    void the_late_end_of_an_earlier_claim_leaves_the_lock_of_the_later_one() throws Exception {
        locks.add(key, 1);
        lock(inbox, 2);
        locks.add(key, 2);
        locks.giveUp(key, 1);
        locks.unlock(Map.of(key, 1));
        zooKeeper.sync();
        assertThat(inbox.heldClaim(key)).contains(2);
        assertThat(locks.wanted()).containsEntry(key, 2);

        locks.unlock(Map.of(key, 2));
        awaitHeld(Optional.empty());
        assertThat(locks.wanted()).isEmpty();
    }

    @Test
    void a_claim_that_was_taken_away_leaves_the_lock_of_its_next_holder() throws Exception {
        locks.add(key, 1);
        try (var other = open()) {
            var next = join(other);
            lock(next, 2);
            locks.giveUp(key, 1);
            locks.restore();
            zooKeeper.sync();
            assertThat(next.heldClaim(key)).contains(2);
        }
    }

    @Test
    void a_wanted_lock_is_taken_again_and_one_given_back_is_not() throws Exception {
        locks.add(key, 1);
        locks.restore();
        awaitHeld(Optional.of(1));
        locks.unlock(Map.of(key, 1));
        locks.restore();
        awaitHeld(Optional.empty());
        locks.restore();
        zooKeeper.sync();
        assertThat(inbox.heldClaim(key)).isEmpty();
    }

    @Test
    void locks_follow_to_the_next_incarnation() throws Exception {
        lock(inbox, 1);
        locks.add(key, 1);
        try (var reconnected = open()) {
            var next = join(reconnected);
            locks.moveTo(next);
            locks.restore();
            await().atMost(Promised.EVENTUALLY)
                    .untilAsserted(() -> assertThat(next.heldClaim(key)).contains(1));
            assertThat(inbox.heldClaim(key)).isEmpty();
        }
    }

    @Test
    void one_lock_that_is_gone_does_not_keep_the_others_from_being_given_back() throws Exception {
        var gone = new StepKey(key.run(), 1, StepKey.WHOLE);
        lock(inbox, 1);
        locks.add(key, 1);
        locks.add(gone, 1);
        locks.unlock(Map.of(key, 1, gone, 1));
        awaitHeld(Optional.empty());
    }

    private void awaitHeld(Optional<Integer> claim) {
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(inbox.heldClaim(key)).isEqualTo(claim));
    }

    private void lock(Inbox by, int claim) throws Exception {
        var answer = new CompletableFuture<MultiResult>();
        by.relock(key, claim, answer::complete);
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(new MultiResult.Done());
    }

    private static Inbox join(ZooKeeperConnection connection) throws InterruptedException {
        var info = new WorkerInfo("w", UUID.randomUUID().toString(), 4, List.of("default"), "1");
        return new Inbox(
                connection,
                Incarnation.join(connection, info, new SecureRandom()).id());
    }

    private static ZooKeeperConnection open() throws InterruptedException {
        var connection = ZooKeeperConnection.open(
                ZooKeeperSettings.open(ZOOKEEPER.connectString()), Duration.ofSeconds(4), "test");
        assertThat(connection.awaitConnected(Promised.EVENTUALLY)).isTrue();
        return connection;
    }
}
