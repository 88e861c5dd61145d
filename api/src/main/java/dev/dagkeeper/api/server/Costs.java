package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.process.ProcessorTime;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

/**
 * What the work costs: the ensemble's transactions and Postgres's, counted by the stores themselves for everybody who uses
 * them, and what this process asked ZooKeeper and took of the processors. Read when somebody looks; what a store does not
 * answer is NaN. Thread-safe.
 */
final class Costs {
    private final Database database;
    private final List<ZooKeeperConnection> connections = new CopyOnWriteArrayList<>();
    private final AtomicBoolean bound = new AtomicBoolean();
    private volatile double lastTransaction = Double.NaN;
    private volatile double writeTransactions = Double.NaN;
    private volatile double flushes = Double.NaN;

    Costs(Database database) {
        this.database = database;
    }

    private void bindTo(MeterRegistry meters) {
        Gauge.builder("dagkeeper.zookeeper.last.transaction", this, costs -> costs.lastTransaction)
                .description(
                        "number of the last transaction (zxid), with the term of the ensemble's leader in its upper half")
                .register(meters);
        counter(
                meters,
                "dagkeeper.zookeeper.operations",
                "what this process asked ZooKeeper for: reads and writes, of a multi each part, no pings",
                Costs::operations);
        counter(
                meters,
                "dagkeeper.postgres.write.transactions",
                "transactions of the whole Postgres server that wrote, or locked a row",
                costs -> costs.writeTransactions);
        counter(
                meters,
                "dagkeeper.postgres.flushes",
                "how often Postgres brought its log to the disk, from version 18 on by waiting sessions alone",
                costs -> costs.flushes);
        counter(
                meters,
                "dagkeeper.processor.seconds",
                "processor time of this process and of all it started, an embedded Postgres included",
                _ -> ProcessorTime.seconds());
    }

    private void counter(MeterRegistry meters, String name, String description, ToDoubleFunction<Costs> value) {
        FunctionCounter.builder(name, this, value).description(description).register(meters);
    }

    /** Counts what goes through a connection too. */
    void count(ZooKeeperConnection connection) {
        connections.add(connection);
    }

    private double operations() {
        return connections.stream().mapToLong(ZooKeeperConnection::operations).sum();
    }

    /** Asks the stores, and shows in the registry what they said. */
    void show(MeterRegistry meters) {
        if (bound.compareAndSet(false, true)) {
            bindTo(meters);
        }
        lastTransaction = lastTransactionNow();
        try {
            var activity = database.activity();
            writeTransactions = activity.writeTransactions();
            flushes = activity.flushes();
        } catch (StoreException e) {
            writeTransactions = Double.NaN;
            flushes = Double.NaN;
        }
    }

    private double lastTransactionNow() {
        if (connections.isEmpty()) {
            return Double.NaN;
        }
        try {
            var last = connections.getFirst().lastTransaction();
            return last.isPresent() ? last.getAsLong() : Double.NaN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Double.NaN;
        }
    }
}
