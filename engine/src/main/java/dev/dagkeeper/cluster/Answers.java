package dev.dagkeeper.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/** Waits for the answers to requests that were all sent before the first of them was waited for. */
final class Answers {
    private Answers() {}

    /** Sends every request; the answers in the same order. */
    static <Q, A> List<A> all(List<Q> requests, BiConsumer<Q, Consumer<A>> send) throws InterruptedException {
        var futures = new ArrayList<CompletableFuture<A>>(requests.size());
        for (var request : requests) {
            var future = new CompletableFuture<A>();
            send.accept(request, future::complete);
            futures.add(future);
        }
        var answers = new ArrayList<A>(futures.size());
        for (var future : futures) {
            answers.add(get(future));
        }
        return answers;
    }

    /** Sends a read for every path. */
    interface Read<T> {
        /** The answer is told the client's return code, and a value where that is OK. */
        void send(String path, Answer<T> answer);
    }

    /** Hears one answer. */
    interface Answer<T> {
        void accept(int code, @Nullable T value);
    }

    /**
     * What there is at each path; none for a path that does not exist.
     *
     * @throws ZooKeeperUnavailableException when any of them is not answered
     */
    static <T> Map<String, T> byPath(Collection<String> paths, Read<T> read) throws InterruptedException {
        var futures = new LinkedHashMap<String, CompletableFuture<Optional<T>>>();
        for (var path : paths) {
            var future = new CompletableFuture<Optional<T>>();
            read.send(path, (code, value) -> complete(future, path, code, value));
            futures.put(path, future);
        }
        var found = new LinkedHashMap<String, T>();
        for (var entry : futures.entrySet()) {
            get(entry.getValue()).ifPresent(value -> found.put(entry.getKey(), value));
        }
        return found;
    }

    private static <T> void complete(CompletableFuture<Optional<T>> future, String path, int rc, @Nullable T value) {
        var code = Code.get(rc);
        if (code == Code.OK) {
            future.complete(Optional.ofNullable(value));
        } else if (code == Code.NONODE) {
            future.complete(Optional.empty());
        } else {
            future.completeExceptionally(
                    new ZooKeeperUnavailableException("no answer about " + path + ": " + code, null));
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ZooKeeperUnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException(e);
        }
    }
}
