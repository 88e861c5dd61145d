package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, held by ZooKeeper. */
class CoordinationContractIT extends CoordinationContract {
    private static final Duration SESSION = Duration.ofSeconds(4);

    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();

    private final Deque<ZooKeeperConnection> opened = new ArrayDeque<>();

    @Override
    protected Coordination connect() throws InterruptedException {
        var connection = ZooKeeperConnection.open(ZooKeeperSettings.open(ZOOKEEPER.connectString()), SESSION, "test");
        opened.push(connection);
        assertThat(connection.awaitConnected(Promised.EVENTUALLY)).isTrue();
        return connection;
    }

    /** Another client takes over the session and ends it. */
    @Override
    protected void expire(Coordination client) throws Exception {
        var handle = ((ZooKeeperConnection) client).handle();
        var connected = new CountDownLatch(1);
        var twin = new ZooKeeper(
                ZOOKEEPER.connectString(),
                (int) SESSION.toMillis(),
                event -> {
                    if (event.getState() == KeeperState.SyncConnected) {
                        connected.countDown();
                    }
                },
                handle.getSessionId(),
                handle.getSessionPasswd());
        try {
            assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(twin.getSessionId()).isEqualTo(handle.getSessionId());
        } finally {
            twin.close();
        }
    }

    @AfterAll
    void closeAll() {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
