package dev.dagkeeper.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.EpochFence;
import dev.dagkeeper.cluster.Incarnation;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.embedded.TestZooKeeper;
import dev.dagkeeper.queue.Outbox.Failure;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Items, claims and locks on a real ZooKeeper. */
@Timeout(180)
class InboxIT {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final AtomicInteger EPOCHS = new AtomicInteger();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    private final RunId run = new RunId(UUID.randomUUID());
    private final LinkedBlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private ZooKeeperConnection leader;
    private ZooKeeperConnection worker;
    private Outbox outbox;
    private Inbox inbox;

    @BeforeEach
    void connect() throws Exception {
        leader = open();
        worker = open();
        outbox = new Outbox(
                leader, EpochFence.raise(leader, EPOCHS.incrementAndGet()).orElseThrow());
        outbox.prepare();
        inbox = join(worker);
    }

    @AfterEach
    void close() {
        worker.close();
        leader.close();
    }

    @Test
    void a_claim_deletes_the_items_and_creates_their_locks() throws Exception {
        send(item(0), item(1));
        assertThat(claim(item(0), item(1))).isEqualTo(new MultiResult.Done());

        assertThat(inbox.list()).isEmpty();
        assertThat(inbox.heldClaim(item(0).key())).contains(1);
        assertThat(QueueView.read(leader).locks())
                .containsEntry(item(0).key(), new Lock(item(0).key(), 1, inbox.incarnation()));
        assertThat(unlock(item(0), item(1))).isEqualTo(new MultiResult.Done());
        assertThat(inbox.heldClaim(item(0).key())).isEmpty();
    }

    @Test
    void a_claim_of_several_happens_whole_or_not_at_all() throws Exception {
        send(item(0), item(2));
        assertThat(claim(item(0), item(1), item(2))).isInstanceOfSatisfying(MultiResult.Refused.class, refused -> {
            assertThat(Inbox.refusedItem(refused)).isEqualTo(1);
            assertThat(refused.cause()).isEqualTo(Code.NONODE);
        });
        assertThat(inbox.list()).containsExactlyInAnyOrder(item(0).name(), item(2).name());
        assertThat(inbox.heldClaim(item(0).key())).isEmpty();
    }

    @Test
    void an_item_whose_step_is_locked_stays_in_the_inbox() throws Exception {
        try (var other = open()) {
            var holder = join(other);
            outbox.send(List.of(new Sending(item(0), holder.incarnation())), failures::add);
            leader.sync();
            assertThat(claim(holder, item(0))).isEqualTo(new MultiResult.Done());
            var next = new Item(0, item(0).key(), 2, 1);
            send(next);
            assertThat(claim(next)).isInstanceOfSatisfying(MultiResult.Refused.class, refused -> {
                assertThat(Inbox.refusedItem(refused)).isZero();
                assertThat(refused.cause()).isEqualTo(Code.NODEEXISTS);
            });
            assertThat(inbox.list()).containsExactly(next.name());
        }
    }

    @Test
    void an_incarnation_that_is_gone_changes_nothing() throws Exception {
        send(item(0), item(1));
        assertThat(claim(item(1))).isEqualTo(new MultiResult.Done());
        leader.handle().delete(Paths.worker(inbox.incarnation()), -1);

        assertThat(claim(item(0)))
                .isInstanceOfSatisfying(
                        MultiResult.Refused.class,
                        refused -> assertThat(Inbox.refusedItem(refused)).isEqualTo(-1));
        assertThat(unlock(item(1))).isInstanceOf(MultiResult.Refused.class);
        var relocked = new CompletableFuture<MultiResult>();
        inbox.relock(item(0).key(), 1, relocked::complete);
        assertThat(relocked.get(60, TimeUnit.SECONDS)).isInstanceOf(MultiResult.Refused.class);
        assertThat(inbox.list()).containsExactly(item(0).name());
        assertThat(inbox.heldClaim(item(1).key())).contains(1);
    }

    @Test
    void of_withdraw_and_claim_exactly_one_wins() throws Exception {
        int rounds = 300;
        int withdrawn = 0;
        var threads = Executors.newSingleThreadExecutor();
        for (int round = 0; round < rounds; round++) {
            var item = item(round);
            var sending = new Sending(item, inbox.incarnation());
            send(item);
            leader.sync();
            var claimed = new CompletableFuture<MultiResult>();
            var start = new CyclicBarrier(2);
            // In a third of the rounds each has the start of the other, so that both do win; in a third they race.
            int first = round % 3;
            var claiming = threads.submit(() -> {
                if (first == 0) {
                    inbox.claim(List.of(item), claimed::complete);
                }
                start.await();
                if (first == 2) {
                    inbox.claim(List.of(item), claimed::complete);
                }
                return null;
            });
            start.await();
            var back = outbox.withdraw(List.of(sending));
            claiming.get(60, TimeUnit.SECONDS);
            if (first == 1) {
                inbox.claim(List.of(item), claimed::complete);
            }
            boolean claim = claimed.get(60, TimeUnit.SECONDS) instanceof MultiResult.Done;
            assertThat(back.contains(item)).as("round %d", round).isNotEqualTo(claim);
            assertThat(inbox.heldClaim(item.key()).isPresent()).isEqualTo(claim);
            withdrawn += back.size();
        }
        assertThat(inbox.list()).isEmpty();
        System.out.println("InboxIT: withdraw won " + withdrawn + " of " + rounds);
        assertThat(withdrawn).isBetween(rounds / 3, rounds);
        threads.close();
    }

    @Test
    void a_lock_of_an_earlier_session_is_taken_again_and_one_of_a_later_claim_is_not() throws Exception {
        var key = item(0).key();
        send(item(0));
        assertThat(claim(item(0))).isEqualTo(new MultiResult.Done());
        try (var reconnected = open()) {
            var next = join(reconnected);
            assertThat(next.heldClaim(key)).isEmpty();
            assertThat(relock(next, key, 1)).isEqualTo(new MultiResult.Done());
            assertThat(next.heldClaim(key)).contains(1);
            assertThat(inbox.heldClaim(key)).isEmpty();

            assertThat(relock(inbox, key, 2)).isInstanceOf(MultiResult.Refused.class);
            assertThat(next.heldClaim(key)).contains(1);
        }
    }

    @Test
    void a_lock_can_be_taken_again_when_not_even_its_directory_is_left() throws Exception {
        var key = item(0).key();
        leader.handle().delete(Lock.path(key).substring(0, Lock.path(key).lastIndexOf('/')), -1);
        assertThat(relock(inbox, key, 3)).isEqualTo(new MultiResult.Done());
        assertThat(inbox.heldClaim(key)).contains(3);
    }

    @Test
    void after_an_unknown_outcome_the_lock_tells_whose_it_is() throws Exception {
        send(item(0));
        // The answer never comes to the one who asked: what it would have said is read from the lock.
        inbox.claim(List.of(item(0)), _ -> {});
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(inbox.heldClaim(item(0).key())).contains(1));
        try (var other = open()) {
            assertThat(new Inbox(other, inbox.incarnation()).heldClaim(item(0).key()))
                    .isEmpty();
        }
        assertThat(inbox.heldClaim(item(1).key())).isEmpty();
    }

    @Test
    void sending_twice_is_harmless_and_sending_to_nobody_is_told() throws Exception {
        send(item(0));
        outbox.send(
                List.of(
                        new Sending(item(0), inbox.incarnation()),
                        new Sending(item(1), "nobody~1"),
                        new Sending(item(2), inbox.incarnation())),
                failures::add);
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(
                        () -> assertThat(inbox.list()).containsExactlyInAnyOrder(item(0).name(), item(2).name()));
        assertThat(failures).containsExactly(new Failure.Undeliverable(List.of(item(1))));
    }

    @Test
    void a_deposed_leader_sends_and_withdraws_nothing() throws Exception {
        send(item(0));
        assertThat(EpochFence.raise(worker, EPOCHS.incrementAndGet())).isPresent();
        assertThat(outbox.withdraw(List.of(new Sending(item(0), inbox.incarnation()))))
                .isEmpty();
        outbox.send(List.of(new Sending(item(1), inbox.incarnation())), failures::add);
        assertThat(failures.poll(60, TimeUnit.SECONDS)).isEqualTo(new Failure.Deposed());
        outbox.stop(new StopNote(item(0).key(), 1, true), inbox.incarnation());
        leader.sync();
        assertThat(inbox.list()).containsExactly(item(0).name());
    }

    @Test
    void a_large_batch_arrives_whole() throws Exception {
        var sendings = new ArrayList<Sending>();
        for (int step = 0; step < 500; step++) {
            sendings.add(new Sending(item(step), inbox.incarnation()));
        }
        outbox.send(sendings, failures::add);
        await().atMost(Promised.EVENTUALLY)
                .untilAsserted(() -> assertThat(inbox.list()).hasSize(500));
        var view = QueueView.read(leader);
        assertThat(view.items().keySet().stream().filter(key -> key.run().equals(run)))
                .hasSize(500);
        assertThat(outbox.withdraw(sendings)).hasSize(500);
        assertThat(failures).isEmpty();
    }

    private Item item(int step) {
        return new Item(0, new StepKey(run, step, StepKey.WHOLE), 1, 1);
    }

    private void send(Item... items) {
        outbox.send(
                List.of(items).stream()
                        .map(item -> new Sending(item, inbox.incarnation()))
                        .toList(),
                failures::add);
        var names = Set.copyOf(List.of(items).stream().map(Item::name).toList());
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Promised.EVENTUALLY)
                .until(() -> inbox.list().containsAll(names));
    }

    private MultiResult claim(Item... items) throws Exception {
        return claim(inbox, items);
    }

    private static MultiResult claim(Inbox by, Item... items) throws Exception {
        var answer = new CompletableFuture<MultiResult>();
        by.claim(List.of(items), answer::complete);
        return answer.get(60, TimeUnit.SECONDS);
    }

    private MultiResult unlock(Item... items) throws Exception {
        var answer = new CompletableFuture<MultiResult>();
        inbox.unlock(List.of(items).stream().map(Item::key).toList(), answer::complete);
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static MultiResult relock(Inbox by, StepKey key, int claim) throws Exception {
        var answer = new CompletableFuture<MultiResult>();
        by.relock(key, claim, answer::complete);
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static Inbox join(ZooKeeperConnection zooKeeper) throws InterruptedException {
        var info = new WorkerInfo("w", UUID.randomUUID().toString(), 4, List.of("default"), "1");
        return new Inbox(
                zooKeeper, Incarnation.join(zooKeeper, info, new SecureRandom()).id());
    }

    private static ZooKeeperConnection open() throws InterruptedException {
        var connection = ZooKeeperConnection.open(ZooKeeperSettings.open(ZOOKEEPER.connectString()), SESSION, "test");
        assertThat(connection.awaitConnected(Promised.EVENTUALLY)).isTrue();
        return connection;
    }
}
