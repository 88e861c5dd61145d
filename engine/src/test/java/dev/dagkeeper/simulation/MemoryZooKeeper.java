package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.MultiResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.jspecify.annotations.Nullable;

/** An ensemble in memory: nodes with versions, sessions with their ephemeral nodes, and who hears of changes. */
final class MemoryZooKeeper {
    private final Map<Long, Listener> sessions = new LinkedHashMap<>();
    private TreeMap<String, Node> nodes = new TreeMap<>();
    private long lastSession = 0x1000;

    MemoryZooKeeper() {
        nodes.put("/", Node.persistent(""));
    }

    /** One node; the names below it are kept with it. */
    record Node(String data, int version, long owner, TreeSet<String> children) {
        static Node persistent(String data) {
            return new Node(data, 0, 0, new TreeSet<>());
        }
    }

    /** Hears of every change while its session is connected. */
    interface Listener {
        void changed(Change change, String path);
    }

    /** What watches tell. */
    enum Change {
        CREATED,
        DELETED,
        DATA
    }

    long open(Listener listener) {
        sessions.put(++lastSession, listener);
        return lastSession;
    }

    boolean isAlive(long session) {
        return sessions.containsKey(session);
    }

    /** Ends a session: its ephemeral nodes go. */
    void expire(long session) {
        if (sessions.remove(session) != null) {
            var owned = nodes.entrySet().stream()
                    .filter(node -> node.getValue().owner() == session)
                    .map(Map.Entry::getKey)
                    .toList();
            owned.forEach(path -> remove(path, true));
        }
    }

    /** Deletes a node, whoever it belongs to. */
    void delete(String path) {
        if (nodes.containsKey(path)) {
            remove(path, true);
        }
    }

    /** Loses everything, the sessions too. */
    void wipe() {
        sessions.clear();
        nodes = new TreeMap<>();
        nodes.put("/", Node.persistent(""));
    }

    Optional<Node> read(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    /** All paths below one, for whoever checks what is left. */
    List<String> below(String path) {
        return List.copyOf(nodes.subMap(path + "/", true, path + "0", false).keySet());
    }

    /** Carries out all operations or none. */
    MultiResult multi(long session, List<Op> operations) {
        if (!isAlive(session)) {
            return new MultiResult.Unknown(Code.SESSIONEXPIRED);
        }
        var undo = new ArrayList<Runnable>();
        var news = new ArrayList<Runnable>();
        for (int i = 0; i < operations.size(); i++) {
            var code = apply(session, operations.get(i), undo, news);
            if (code != Code.OK) {
                undo.reversed().forEach(Runnable::run);
                return refused(i, code, operations.size());
            }
        }
        news.forEach(Runnable::run);
        return new MultiResult.Done();
    }

    private static MultiResult refused(int failed, Code code, int count) {
        var codes = new ArrayList<Code>();
        for (int i = 0; i < count; i++) {
            codes.add(i < failed ? Code.OK : i == failed ? code : Code.RUNTIMEINCONSISTENCY);
        }
        return new MultiResult.Refused(codes);
    }

    private Code apply(long session, Op operation, List<Runnable> undo, List<Runnable> news) {
        return switch (operation.toRequestRecord()) {
            case CreateRequest create -> create(session, create, undo, news);
            case DeleteRequest delete -> delete(delete, undo, news);
            case SetDataRequest set -> setData(set, undo, news);
            case CheckVersionRequest check -> check(nodes.get(check.getPath()), check.getVersion());
            default -> Code.UNIMPLEMENTED;
        };
    }

    private static Code check(@Nullable Node node, int version) {
        if (node == null) {
            return Code.NONODE;
        }
        return version == -1 || version == node.version() ? Code.OK : Code.BADVERSION;
    }

    private Code create(long session, CreateRequest create, List<Runnable> undo, List<Runnable> news) {
        var path = create.getPath();
        var parent = nodes.get(parent(path));
        if (parent == null) {
            return Code.NONODE;
        }
        if (nodes.containsKey(path)) {
            return Code.NODEEXISTS;
        }
        if (parent.owner() != 0) {
            return Code.NOCHILDRENFOREPHEMERALS;
        }
        long owner = (create.getFlags() & 1) == 1 ? session : 0;
        nodes.put(path, new Node(new String(create.getData(), StandardCharsets.UTF_8), 0, owner, new TreeSet<>()));
        parent.children().add(name(path));
        undo.add(() -> remove(path, false));
        news.add(() -> tell(Change.CREATED, path));
        return Code.OK;
    }

    private Code delete(DeleteRequest delete, List<Runnable> undo, List<Runnable> news) {
        var path = delete.getPath();
        var node = nodes.get(path);
        var checked = check(node, delete.getVersion());
        if (node == null || checked != Code.OK) {
            return checked;
        }
        if (!node.children().isEmpty()) {
            return Code.NOTEMPTY;
        }
        remove(path, false);
        undo.add(() -> {
            nodes.put(path, node);
            children(parent(path)).add(name(path));
        });
        news.add(() -> tell(Change.DELETED, path));
        return Code.OK;
    }

    private Code setData(SetDataRequest set, List<Runnable> undo, List<Runnable> news) {
        var path = set.getPath();
        var node = nodes.get(path);
        var checked = check(node, set.getVersion());
        if (node == null || checked != Code.OK) {
            return checked;
        }
        var data = new String(set.getData(), StandardCharsets.UTF_8);
        nodes.put(path, new Node(data, node.version() + 1, node.owner(), node.children()));
        undo.add(() -> nodes.put(path, node));
        news.add(() -> tell(Change.DATA, path));
        return Code.OK;
    }

    private Set<String> children(String path) {
        var node = nodes.get(path);
        return node == null ? new TreeSet<>() : node.children();
    }

    private void remove(String path, boolean telling) {
        nodes.remove(path);
        children(parent(path)).remove(name(path));
        if (telling) {
            tell(Change.DELETED, path);
        }
    }

    private void tell(Change change, String path) {
        List.copyOf(sessions.values()).forEach(listener -> listener.changed(change, path));
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
