package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.simulation.MemoryZooKeeper.Change;
import dev.dagkeeper.simulation.Wire.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;

/**
 * One client of a {@link MemoryZooKeeper}. As with the real one, requests of a session are carried out in the order in which
 * they were made, answers and watch events are heard in order, and watches say nothing of what happened while the connection
 * was away.
 */
final class MemoryCoordination implements Coordination {
    private final MemoryZooKeeper server;
    private final Wire wire;
    private final Deque<Request> pipeline = new ArrayDeque<>();
    private final Set<Answer> awaited = new LinkedHashSet<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Consumer<SessionEvent>> listeners = new ArrayList<>();
    private long session;
    private boolean connected = true;

    private record Request(List<Op> operations, Answer answer) {}

    /** An answer that is heard once: the real one, or that the connection went before it came. */
    private final class Answer {
        private final Consumer<MultiResult> listener;

        Answer(Consumer<MultiResult> listener) {
            this.listener = listener;
            awaited.add(this);
        }

        void lose() {
            awaited.remove(this);
            wire.deliver(() -> listener.accept(new MultiResult.Unknown(Code.CONNECTIONLOSS)));
        }

        void deliver(MultiResult result) {
            wire.deliver(() -> {
                if (awaited.remove(this)) {
                    listener.accept(result);
                }
            });
        }
    }

    MemoryCoordination(MemoryZooKeeper server, Wire wire) {
        this.server = server;
        this.wire = wire;
        session = server.open(this::changed);
    }

    @Override
    public void multi(List<Op> operations, Consumer<MultiResult> answer) {
        if (!connected) {
            new Answer(answer).deliver(new MultiResult.Unknown(Code.CONNECTIONLOSS));
            return;
        }
        pipeline.add(new Request(operations, new Answer(answer)));
        wire.send(this::flush);
    }

    private void flush() {
        while (!pipeline.isEmpty()) {
            var request = pipeline.remove();
            var result = server.multi(session, request.operations());
            request.answer().deliver(result);
        }
    }

    @Override
    public List<MultiResult> multis(List<List<Op>> multis) {
        var results = new ArrayList<MultiResult>();
        for (var operations : multis) {
            results.add(outcome(operations));
        }
        return results;
    }

    private MultiResult outcome(List<Op> operations) {
        try {
            return ask("multi", () -> server.multi(session, operations));
        } catch (ZooKeeperUnavailableException e) {
            return new MultiResult.Unknown(Code.CONNECTIONLOSS);
        }
    }

    private <T> T ask(String operation, Supplier<T> request) {
        wire.asked(Store.ZOOKEEPER, operation);
        if (!connected || !server.isAlive(session)) {
            throw new ZooKeeperUnavailableException("no connection for " + operation, null);
        }
        flush();
        var answer = request.get();
        wire.answered(Store.ZOOKEEPER, operation);
        return answer;
    }

    @Override
    public Op creation(String path, byte[] data, CreateMode mode) {
        return Op.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    @Override
    public void ensureExists(String path) {
        var result = ask("create " + path, () -> {
            make(path);
            return true;
        });
        if (!result) {
            throw new IllegalStateException();
        }
    }

    private void make(String path) {
        if (server.read(path).isEmpty()) {
            make(MemoryZooKeeper.parent(path));
            server.multi(session, List.of(creation(path, new byte[0], CreateMode.PERSISTENT)));
        }
    }

    @Override
    public void touch(String path) {
        multi(List.of(Op.setData(path, new byte[0], -1)), result -> {
            if (result instanceof MultiResult.Refused refused && refused.cause() == Code.NONODE) {
                multi(List.of(creation(path, new byte[0], CreateMode.PERSISTENT)), _ -> {});
            }
        });
    }

    @Override
    public List<String> children(String path) {
        return ask("list " + path, () -> names(path));
    }

    @Override
    public Map<String, List<String>> children(Collection<String> paths) {
        return ask("list " + paths.size(), () -> {
            var found = new LinkedHashMap<String, List<String>>();
            paths.forEach(path -> {
                if (server.read(path).isPresent()) {
                    found.put(path, names(path));
                }
            });
            return found;
        });
    }

    private List<String> names(String path) {
        return server.read(path).map(node -> List.copyOf(node.children())).orElse(List.of());
    }

    @Override
    public Optional<Node> read(String path) {
        return ask("read " + path, () -> node(path));
    }

    @Override
    public Map<String, Node> read(Collection<String> paths) {
        return ask("read " + paths.size(), () -> {
            var found = new LinkedHashMap<String, Node>();
            paths.forEach(path -> node(path).ifPresent(node -> found.put(path, node)));
            return found;
        });
    }

    private Optional<Node> node(String path) {
        return server.read(path).map(node -> new Node(node.data(), node.version(), node.owner()));
    }

    @Override
    public void sync() {
        ask("sync", () -> true);
    }

    @Override
    public long sessionId() {
        return session;
    }

    boolean isConnected() {
        return connected;
    }

    @Override
    public TreeWatch watch(String path, TreeWatch.Listener listener) {
        var watch = new Watch(path, listener);
        watches.add(watch);
        if (connected) {
            watch.set();
        }
        return watch;
    }

    @Override
    public Subscription listen(Consumer<SessionEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void changed(Change change, String path) {
        if (connected) {
            List.copyOf(watches).forEach(watch -> watch.changed(change, path));
        }
    }

    private void tell(SessionEvent event) {
        List.copyOf(listeners).forEach(listener -> wire.deliver(() -> listener.accept(event)));
    }

    /**
     * The connection goes.
     *
     * @param arrived of so many requests on their way, how many of the first still arrive; no answer does
     */
    void disconnect(IntUnaryOperator arrived) {
        if (!connected) {
            return;
        }
        connected = false;
        int count = arrived.applyAsInt(pipeline.size());
        while (!pipeline.isEmpty()) {
            var request = pipeline.remove();
            if (count-- > 0) {
                server.multi(session, request.operations());
            }
        }
        // What was answered but not heard yet is lost as well.
        List.copyOf(awaited).forEach(Answer::lose);
        watches.forEach(Watch::unset);
        tell(SessionEvent.SUSPENDED);
    }

    /** There is a connection again: of the same session if it is alive, else of another. */
    void connect() {
        if (connected) {
            return;
        }
        if (!server.isAlive(session)) {
            tell(SessionEvent.LOST);
            session = server.open(this::changed);
        }
        connected = true;
        tell(SessionEvent.CONNECTED);
        List.copyOf(watches).forEach(Watch::set);
    }

    private final class Watch implements TreeWatch {
        private final String path;
        private final Listener listener;
        private boolean set;
        private boolean closed;

        Watch(String path, Listener listener) {
            this.path = path;
            this.listener = listener;
        }

        void set() {
            set = true;
            hear(listener::listAgain);
        }

        void unset() {
            set = false;
        }

        void changed(Change change, String at) {
            if (set && (at.equals(path) || at.startsWith(path + "/"))) {
                hear(() -> {
                    switch (change) {
                        case CREATED -> listener.created(at);
                        case DELETED -> listener.deleted(at);
                        case DATA -> listener.changed(at);
                    }
                });
            }
        }

        private void hear(Runnable news) {
            wire.tell(() -> {
                if (!closed) {
                    news.run();
                }
            });
        }

        @Override
        public void close() {
            closed = true;
            watches.remove(this);
        }
    }
}
