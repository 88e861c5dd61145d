package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.TestZooKeeper;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a connection counts is what went over it. */
@Timeout(180)
class TrafficIT {
    @RegisterExtension
    static final TestZooKeeper ZOOKEEPER = TestZooKeeper.alone();

    @Test
    void every_read_and_write_counts_and_of_a_multi_each_part() throws Exception {
        try (var zooKeeper = connect()) {
            zooKeeper.ensureExists("/counted");
            var before = zooKeeper.operations();
            zooKeeper.children("/counted");
            zooKeeper.read("/counted");
            zooKeeper.read(List.of("/counted", "/none"));
            assertThat(zooKeeper.operations() - before).isEqualTo(4);

            assertThat(zooKeeper.multis(
                            List.of(List.of(creation(zooKeeper), creation(zooKeeper), creation(zooKeeper)))))
                    .containsExactly(new MultiResult.Done());
            assertThat(zooKeeper.operations() - before).isEqualTo(7);
            assertThat(zooKeeper.operations()).as("looking counts nothing").isEqualTo(before + 7);
        }
    }

    @Test
    void the_last_transaction_is_that_of_everybody() throws Exception {
        try (var one = connect();
                var other = connect()) {
            other.ensureExists("/counted");
            var before = one.lastTransaction().orElseThrow();
            assertThat(one.lastTransaction()).as("looking commits nothing").hasValue(before);
            other.multis(List.of(List.of(creation(other), creation(other))));
            other.multis(List.of(List.of(creation(other))));
            assertThat(one.lastTransaction()).hasValue(before + 2);
        }
    }

    @Test
    void without_an_answer_the_last_transaction_is_unknown() throws Exception {
        try (var nowhere =
                ZooKeeperConnection.open(ZooKeeperSettings.open("127.0.0.1:1"), Duration.ofSeconds(4), "test")) {
            assertThat(nowhere.lastTransaction()).isEmpty();
        }
    }

    private static Op creation(ZooKeeperConnection zooKeeper) {
        return zooKeeper.creation("/counted/" + UUID.randomUUID(), new byte[0], CreateMode.PERSISTENT);
    }

    private static ZooKeeperConnection connect() throws InterruptedException {
        var zooKeeper = ZooKeeperConnection.open(
                ZooKeeperSettings.open(ZOOKEEPER.connectString()), Duration.ofSeconds(4), "test");
        zooKeeper.awaitUsable(Promised.EVENTUALLY);
        return zooKeeper;
    }
}
