package dev.dagkeeper.embedded;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Both stores of an engine that was given none, on one data directory. Started side by side, closed in reverse order:
 * ZooKeeper first, because what it says makes others write to Postgres. Thread-safe.
 *
 * @param postgres durable, in {@code postgres} of the data directory
 * @param zooKeeper empty at each start, beside it
 */
public record EmbeddedStores(EmbeddedPostgres postgres, EmbeddedZooKeeper zooKeeper) implements AutoCloseable {
    /**
     * Starts both and returns when both are ready.
     *
     * @param directory whose lock the caller holds, and keeps until after {@link #close()}
     * @throws EmbeddedStoreException when one cannot run here; the other is then stopped again
     */
    public static EmbeddedStores start(DataDirectoryLock directory) throws IOException, InterruptedException {
        var path = directory.directory().path();
        var zooKeeper = new FutureTask<>(() -> EmbeddedZooKeeper.start(path.resolve("zookeeper")));
        Thread.ofPlatform().name("start-zookeeper").start(zooKeeper);
        try {
            var postgres = EmbeddedPostgres.start(path.resolve("postgres"));
            try {
                return new EmbeddedStores(postgres, get(zooKeeper));
            } catch (IOException | InterruptedException | RuntimeException e) {
                postgres.close();
                throw e;
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            closeWhenStarted(zooKeeper);
            throw e;
        }
    }

    private static EmbeddedZooKeeper get(FutureTask<EmbeddedZooKeeper> started)
            throws IOException, InterruptedException {
        try {
            return started.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException("ZooKeeper did not start", e.getCause());
        }
    }

    private static void closeWhenStarted(FutureTask<EmbeddedZooKeeper> starting) {
        var interrupted = Thread.interrupted();
        try {
            starting.get().close();
        } catch (ExecutionException e) {
            // It did not start: there is nothing to close.
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try (postgres) {
            zooKeeper.close();
        }
    }
}
