package dev.dagkeeper.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of immutable things: loads each once, however many ask for it at the same moment, and forgets what was
 * not asked for the longest. A failed load is forgotten at once. Thread-safe.
 */
final class LoadOnce<K, V> {
    private final Function<K, V> load;
    private final Map<K, CompletableFuture<V>> byKey;

    /**
     * An empty cache.
     *
     * @param most how many things it remembers
     * @param load makes one, or throws an unchecked exception
     * @param forgotten hears of each thing that was loaded and is forgotten; called under the cache's lock
     */
    LoadOnce(int most, Function<K, V> load, Consumer<V> forgotten) {
        this.load = load;
        this.byKey = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, CompletableFuture<V>> eldest) {
                if (size() <= most) {
                    return false;
                }
                var _ = eldest.getValue().thenAccept(forgotten);
                return true;
            }
        };
    }

    /** The thing, or the exception of its load. */
    V get(K key) throws InterruptedException {
        var mine = new CompletableFuture<V>();
        var there = claim(key, mine);
        if (there == null) {
            return loadInto(mine, key);
        }
        try {
            return there.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(failed.getCause());
        }
    }

    private @Nullable CompletableFuture<V> claim(K key, CompletableFuture<V> mine) {
        synchronized (byKey) {
            return byKey.putIfAbsent(key, mine);
        }
    }

    private V loadInto(CompletableFuture<V> mine, K key) {
        try {
            var value = load.apply(key);
            mine.complete(value);
            return value;
        } catch (RuntimeException | Error failed) {
            synchronized (byKey) {
                byKey.remove(key, mine);
            }
            mine.completeExceptionally(failed);
            throw failed;
        }
    }
}
