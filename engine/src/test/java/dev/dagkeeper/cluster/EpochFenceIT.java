package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.RestartableZooKeeper;
import dev.dagkeeper.embedded.TestZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Only the leader with the highest epoch changes anything in ZooKeeper. */
@Timeout(180)
class EpochFenceIT {
    private static final Duration SESSION = Duration.ofSeconds(4);

    /** The tests share one tree, in which epochs only grow. */
    private static final AtomicLong EPOCHS = new AtomicLong();

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    @Test
    void the_leader_writes_until_the_next_one_raises_the_fence() throws Exception {
        try (var first = connect(ZOOKEEPER.connectString());
                var second = connect(ZOOKEEPER.connectString())) {
            var old = EpochFence.raise(first, EPOCHS.incrementAndGet()).orElseThrow();
            assertThat(write(first, old, "a")).isEqualTo(new MultiResult.Done());

            var next = EpochFence.raise(second, EPOCHS.incrementAndGet()).orElseThrow();
            assertThat(write(second, next, "b")).isEqualTo(new MultiResult.Done());
            assertThat(write(first, old, "c")).isInstanceOfSatisfying(MultiResult.Refused.class, refused -> {
                assertThat(refused.failedAt()).isZero();
                assertThat(refused.cause()).isEqualTo(Code.NONODE);
            });
            assertThat(first.read("/b")).isPresent();
            assertThat(first.read("/c")).isEmpty();
        }
    }

    @Test
    void a_lower_epoch_never_takes_the_place_of_a_higher_one() throws Exception {
        try (var zooKeeper = connect(ZOOKEEPER.connectString())) {
            long epoch = EPOCHS.addAndGet(2);
            var fence = EpochFence.raise(zooKeeper, epoch).orElseThrow();
            assertThat(EpochFence.raise(zooKeeper, epoch - 1)).isEmpty();
            assertThat(write(zooKeeper, fence, "still")).isEqualTo(new MultiResult.Done());
        }
    }

    @Test
    void of_leaders_in_a_race_the_one_with_the_highest_epoch_stays() throws Exception {
        int leaders = 4;
        var barrier = new CyclicBarrier(leaders);
        try (var threads = Executors.newFixedThreadPool(leaders)) {
            var connections = new ArrayList<ZooKeeperConnection>();
            for (int i = 0; i < leaders; i++) {
                connections.add(connect(ZOOKEEPER.connectString()));
            }
            for (int round = 0; round < 25; round++) {
                long base = EPOCHS.getAndAdd(leaders) + 1;
                var raised = new ArrayList<Future<Optional<EpochFence>>>();
                for (int i = 0; i < leaders; i++) {
                    var zooKeeper = connections.get(i);
                    long epoch = base + i;
                    raised.add(threads.submit(() -> {
                        barrier.await();
                        return EpochFence.raise(zooKeeper, epoch);
                    }));
                }
                var fences = new ArrayList<Optional<EpochFence>>();
                for (var fence : raised) {
                    fences.add(fence.get(60, TimeUnit.SECONDS));
                }
                assertThat(fences.getLast()).contains(new EpochFence(base + leaders - 1));
                assertThat(connections.getFirst().children(Paths.EPOCHS))
                        .containsExactly(Long.toString(base + leaders - 1));
                for (int i = 0; i < leaders - 1; i++) {
                    if (fences.get(i).isPresent()) {
                        assertThat(write(connections.get(i), fences.get(i).get(), "never"))
                                .isInstanceOf(MultiResult.Refused.class);
                    }
                }
            }
            connections.forEach(ZooKeeperConnection::close);
        }
    }

    @Test
    void an_old_leader_is_refused_also_after_everything_was_wiped(@TempDir Path directory) throws Exception {
        try (var server = RestartableZooKeeper.start(directory);
                var first = connect(server.connectString())) {
            var old = EpochFence.raise(first, 1).orElseThrow();
            server.restartEmpty();
            try (var second = connect(server.connectString())) {
                var next = EpochFence.raise(second, 2).orElseThrow();
                assertThat(write(second, next, "new")).isEqualTo(new MultiResult.Done());
                assertThat(first.awaitConnected(Promised.EVENTUALLY)).isTrue();
                assertThat(writeWhenAnswered(first, old, "old")).isInstanceOf(MultiResult.Refused.class);
                assertThat(second.read("/old")).isEmpty();
            }
        }
    }

    @Test
    void what_needs_a_connection_fails_at_once_when_there_is_none(@TempDir Path directory) throws Exception {
        try (var server = RestartableZooKeeper.start(directory);
                var zooKeeper = connect(server.connectString())) {
            server.stop();
            // As many calls as it takes to be told; each must return, or a process could not be ended meanwhile.
            assertThatThrownBy(() -> {
                        while (true) {
                            zooKeeper.ensureExists("/some/where");
                        }
                    })
                    .isInstanceOf(ZooKeeperUnavailableException.class);
        }
    }

    private static MultiResult writeWhenAnswered(ZooKeeperConnection zooKeeper, EpochFence fence, String name)
            throws Exception {
        while (true) {
            var result = write(zooKeeper, fence, name);
            if (!(result instanceof MultiResult.Unknown)) {
                return result;
            }
            assertThat(zooKeeper.awaitConnected(SESSION)).isTrue();
        }
    }

    private static MultiResult write(ZooKeeperConnection zooKeeper, EpochFence fence, String name) throws Exception {
        var create = Op.create("/" + name, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        return zooKeeper.multi(List.of(fence.check(), create));
    }

    private static ZooKeeperConnection connect(String servers) throws InterruptedException {
        var connection = ZooKeeperConnection.open(ZooKeeperSettings.open(servers), SESSION, "test");
        assertThat(connection.awaitConnected(Promised.EVENTUALLY)).isTrue();
        return connection;
    }
}
