package dev.dagkeeper.worker;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What a worker reads, kept in memory; can be made to not answer. */
final class MemoryStore implements WorkerStore {
    final Map<RunId, RunHeader> headers = new ConcurrentHashMap<>();
    final Map<StepKey, Extras> extras = new ConcurrentHashMap<>();
    final Map<Integer, UpstreamRow> upstreams = new ConcurrentHashMap<>();
    final AtomicInteger queries = new AtomicInteger();
    final Map<StepKey, TreeMap<Integer, LogChunk>> logs = new ConcurrentHashMap<>();
    volatile boolean down;

    @Override
    public Optional<RunHeader> header(RunId run) {
        query();
        return Optional.ofNullable(headers.get(run));
    }

    @Override
    public Map<StepKey, Extras> extras(Collection<StepKey> keys) {
        query();
        var found = new HashMap<>(extras);
        found.keySet().retainAll(keys);
        return found;
    }

    @Override
    public Map<Integer, UpstreamRow> upstreams(RunId run, Collection<Integer> steps) {
        query();
        var found = new HashMap<>(upstreams);
        found.keySet().retainAll(steps);
        return found;
    }

    @Override
    public Set<StepKey> record(Collection<Recorded> results) {
        throw new UnsupportedOperationException("the caller records");
    }

    @Override
    public Set<StepKey> standing(Map<StepKey, Integer> claims) {
        throw new UnsupportedOperationException("the caller asks");
    }

    @Override
    public void appendLogs(Collection<LogChunk> chunks) {
        query();
        for (var chunk : chunks) {
            add(chunk);
        }
    }

    @Override
    public Instant now() {
        throw new UnsupportedOperationException("time is injected");
    }

    void add(LogChunk chunk) {
        var log = logs.computeIfAbsent(chunk.key(), _ -> new TreeMap<>());
        synchronized (log) {
            log.putIfAbsent(chunk.seq(), chunk);
        }
    }

    /** The log of an instance; fails when a chunk is missing. */
    byte[] log(StepKey key) {
        var log = logs.getOrDefault(key, new TreeMap<>());
        synchronized (log) {
            var bytes = new ByteArrayOutputStream();
            int expected = 0;
            for (var chunk : log.values()) {
                if (chunk.seq() != expected++) {
                    throw new AssertionError("chunk " + (expected - 1) + " is missing, found " + log.keySet());
                }
                bytes.writeBytes(chunk.bytes());
            }
            return bytes.toByteArray();
        }
    }

    private void query() {
        queries.incrementAndGet();
        if (down) {
            throw new StoreException("the store is down", new IllegalStateException("for this test"));
        }
    }
}
