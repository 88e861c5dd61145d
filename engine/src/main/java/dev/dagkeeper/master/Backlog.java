package dev.dagkeeper.master;

import dev.dagkeeper.queue.Item;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Ready steps that no worker has yet, by queue, highest priority first and then the oldest run. Entries that became stale
 * are not removed; whoever takes one checks it. Not thread-safe: the leader's.
 */
final class Backlog {
    private final Map<String, PriorityQueue<Item>> byQueue = new HashMap<>();

    void add(String queue, Item item) {
        byQueue.computeIfAbsent(queue, q -> new PriorityQueue<>()).add(item);
    }

    Optional<Item> poll(String queue) {
        var waiting = byQueue.get(queue);
        return waiting == null ? Optional.empty() : Optional.ofNullable(waiting.poll());
    }

    boolean isEmpty(String queue) {
        var waiting = byQueue.get(queue);
        return waiting == null || waiting.isEmpty();
    }

    Set<String> queues() {
        return Set.copyOf(byQueue.keySet());
    }
}
