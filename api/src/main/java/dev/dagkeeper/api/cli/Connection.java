package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import org.jspecify.annotations.Nullable;

/** A client, and the engine that this process hosts for it, if any; closing it ends that engine. */
final class Connection implements AutoCloseable {
    private final DagkeeperClient client;
    private final @Nullable EngineHost host;

    Connection(DagkeeperClient client, @Nullable EngineHost host) {
        this.client = client;
        this.host = host;
    }

    DagkeeperClient client() {
        return client;
    }

    /** Waits until a hosted engine has nothing more to do; returns at once when there is none. */
    void awaitIdle() throws InterruptedException {
        if (host != null) {
            host.awaitIdle();
        }
    }

    boolean isHosted() {
        return host != null;
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        }
    }
}
