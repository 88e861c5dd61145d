package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.MultiResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for answers that never fail by themselves. */
final class Futures {
    private Futures() {}

    static MultiResult await(CompletableFuture<MultiResult> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a multi() result never fails", e);
        }
    }
}
