package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseClock;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.RunIds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A leader that does not hear some signals, and looks at everything often. */
final class DeafLeader implements AutoCloseable {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ZooKeeperConnection zooKeeper;
    private final Database database;
    private final Thread thread;
    private volatile Predicate<Signal> deafTo = _ -> false;
    private volatile boolean watches;

    DeafLeader(TestCluster cluster, Duration settle) throws Exception {
        zooKeeper = ZooKeeperConnection.open(
                ZooKeeperSettings.open(cluster.zooKeeperAddress()), TestCluster.MASTER_SESSION, "deaf");
        assertThat(zooKeeper.awaitConnected(Promised.EVENTUALLY)).isTrue();
        database = Database.open(cluster.postgres(DatabaseSettings.Role.MASTER));
        var lead = new Lead(
                zooKeeper,
                database.leader(),
                cluster.workflows(database),
                DatabaseClock.start(database),
                System::nanoTime,
                new LeaderSettings(Duration.ZERO, Duration.ofMillis(50), settle),
                new LeaderMetrics(meters),
                signals::add,
                Alarms.NONE,
                new RunIds(InstantSource.system()),
                refusal -> {
                    throw new AssertionError(refusal);
                });
        thread = Thread.ofPlatform().name("deaf leader").start(() -> lead(lead));
        // What it finds when it begins is not what the net catches afterwards.
        await().atMost(Promised.EVENTUALLY).until(() -> watches);
    }

    private void lead(Lead lead) {
        try (lead) {
            while (closing.getCount() > 0) {
                var round = new ArrayList<Signal>();
                var first = signals.poll(lead.untilDue().toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    round.add(first);
                    signals.drainTo(round);
                }
                round.removeIf(deafTo);
                boolean watchSet = round.contains(new Signal.ListAgain());
                lead.round(round);
                watches |= watchSet;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on it does not hear these. */
    void beDeafTo(Predicate<Signal> what) {
        deafTo = what;
    }

    /** How often it looked at everything. */
    double looks() {
        return meters.get("dagkeeper.reconciler.looks").counter().count();
    }

    /** How many terms it led. */
    double terms() {
        return meters.get("dagkeeper.leader.terms").counter().count();
    }

    /** Repairs that only the periodic look made, by kind. */
    Map<String, Integer> repairs() {
        return repairs("periodic");
    }

    /** Repairs of one cause, by kind. */
    Map<String, Integer> repairs(String cause) {
        var repairs = new TreeMap<String, Integer>();
        meters.find("dagkeeper.reconciler.repairs")
                .tag("cause", cause)
                .counters()
                .forEach((Counter counter) -> repairs.put(counter.getId().getTag("kind"), (int) counter.count()));
        return repairs;
    }

    @Override
    public void close() {
        closing.countDown();
        signals.add(new Signal.StepDown());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
        zooKeeper.close();
    }
}
