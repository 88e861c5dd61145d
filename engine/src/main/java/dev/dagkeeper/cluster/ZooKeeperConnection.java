package dev.dagkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session with ZooKeeper. Curator keeps it, elects and watches with it; what must not be repeated blindly
 * (claims, dispatches) goes as one asynchronous multi() without Curator's retries, so that an unknown outcome is seen as
 * such. Thread-safe.
 */
public final class ZooKeeperConnection implements Coordination, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ZooKeeperConnection.class);

    private final CuratorFramework curator;
    private final ZooKeeperSettings settings;
    private final LoginWatch login;
    private final Traffic traffic;

    private ZooKeeperConnection(
            CuratorFramework curator, ZooKeeperSettings settings, LoginWatch login, Traffic traffic) {
        this.curator = curator;
        this.settings = settings;
        this.login = login;
        this.traffic = traffic;
    }

    /**
     * Starts a session; it is established in the background and kept until closed.
     *
     * @param sessionTimeout how long the session outlives its last sign of life
     * @param name for log lines
     * @throws ZooKeeperUnavailableException when the login cannot be made
     */
    public static ZooKeeperConnection open(ZooKeeperSettings settings, Duration sessionTimeout, String name) {
        int wanted = Math.toIntExact(sessionTimeout.toMillis());
        var traffic = new Traffic();
        var builder = CuratorFrameworkFactory.builder()
                .connectString(settings.servers())
                .sessionTimeoutMs(wanted)
                .connectionTimeoutMs(wanted)
                .retryPolicy(new RetryForever(250))
                .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
                .zkClientConfig(settings.clientConfig())
                .zookeeperFactory(traffic)
                .aclProvider(sameFor(settings.acl()));
        if (settings.login() instanceof ZooKeeperLogin.Digest digest) {
            builder.authorization(ZooKeeperLogin.Digest.SCHEME, digest.bytes());
        }
        var curator = builder.build();
        var login = new LoginWatch(name);
        curator.getCuratorListenable().addListener(login);
        curator.getConnectionStateListenable().addListener((client, state) -> {
            log.info("zookeeper connection client={} state={}", name, state);
            if (state.isConnected()) {
                warnAboutTimeout(client, wanted, name);
            }
        });
        curator.start();
        return new ZooKeeperConnection(curator, settings, login, traffic);
    }

    private static ACLProvider sameFor(List<ACL> acl) {
        return new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return acl;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return acl;
            }
        };
    }

    /**
     * Waits until ZooKeeper can be used with what is configured, and makes the root node if there is none.
     *
     * @throws ZooKeeperUnavailableException when no server answers within the time, when the ensemble refuses the login,
     *     when the nodes belong to another, or when there is a login and the nodes are open to anyone
     */
    public void awaitUsable(Duration patience) throws InterruptedException {
        new FirstContact(this, settings).await(patience);
        login.wasAccepted();
    }

    /** Takes a whole server of one's own: what it was born with, the root included, belongs to the login as well. */
    public void keepOthersOut() throws InterruptedException {
        new FirstContact(this, settings).takeAll();
    }

    /** Whether the ensemble ever refused this connection's login by SASL. */
    boolean isLoginRefused() {
        return login.isRefused();
    }

    @Override
    public Op creation(String path, byte[] data, CreateMode mode) {
        return Op.create(path, data, settings.acl(), mode);
    }

    private static void warnAboutTimeout(CuratorFramework client, int wanted, String name) {
        try {
            int negotiated = client.getZookeeperClient().getZooKeeper().getSessionTimeout();
            if (negotiated != wanted) {
                log.warn(
                        "zookeeper session timeout client={} wanted={}ms negotiated={}ms: failover takes that long;"
                                + " have the ensemble's minSessionTimeout and maxSessionTimeout allow it",
                        name,
                        wanted,
                        negotiated);
            }
        } catch (Exception e) {
            log.debug("session timeout not readable client={}", name, e);
        }
    }

    /** How long the ensemble waits before it takes a silent session for lost, as it was negotiated; 0 without a connection. */
    public int sessionTimeoutMillis() {
        return isConnected() ? handle().getSessionTimeout() : 0;
    }

    /**
     * A node with its history.
     *
     * @param session that an ephemeral node belongs to, 0 for a persistent one
     * @param since when it was made, by the ensemble's clock
     */
    public record Aged(String data, long session, Instant since) {}

    /** Those of the nodes that exist, with their age; asked for without waiting in between. */
    public Map<String, Aged> aged(Collection<String> paths) throws InterruptedException {
        return Answers.byPath(
                paths,
                (path, answer) -> handle().getData(
                                path,
                                false,
                                (rc, p, ctx, data, stat) -> answer.accept(rc, stat == null ? null : aged(data, stat)),
                                null));
    }

    private static Aged aged(byte @Nullable [] data, Stat stat) {
        var node = node(data, stat);
        return new Aged(node.data(), node.owner(), Instant.ofEpochMilli(stat.getCtime()));
    }

    /** What was asked for through this connection since it was opened: reads and writes, of a multi() each part, no pings. */
    public long operations() {
        return traffic.operations();
    }

    /**
     * The number of the last transaction of the whole ensemble, read now: the difference of two is how many were committed
     * between them, as long as the upper half, the term of the ensemble's leader, is the same. Empty without an answer.
     */
    public OptionalLong lastTransaction() throws InterruptedException {
        if (!isConnected()) {
            return OptionalLong.empty();
        }
        try {
            sync();
            return OptionalLong.of(traffic.lastTransaction());
        } catch (ZooKeeperUnavailableException e) {
            return OptionalLong.empty();
        }
    }

    /** For recipes. */
    CuratorFramework curator() {
        return curator;
    }

    /** Waits for the first connection; false when there is none within the time. */
    public boolean awaitConnected(Duration timeout) throws InterruptedException {
        return curator.blockUntilConnected(Math.toIntExact(timeout.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Whether there is a connection now. Does not wait for one. */
    public boolean isConnected() {
        return curator.getZookeeperClient().isConnected();
    }

    @Override
    public long sessionId() {
        return handle().getSessionId();
    }

    @Override
    public void multi(List<Op> operations, Consumer<MultiResult> answer) {
        try {
            handle().multi(operations, (rc, path, ctx, results) -> answer.accept(result(rc, results)), null);
        } catch (ZooKeeperUnavailableException e) {
            answer.accept(new MultiResult.Unknown(Code.CONNECTIONLOSS));
        }
    }

    @Override
    public List<MultiResult> multis(List<List<Op>> multis) throws InterruptedException {
        return Answers.all(multis, this::multi);
    }

    private static MultiResult result(int rc, List<OpResult> results) {
        var code = Code.get(rc);
        if (code == Code.OK) {
            return new MultiResult.Done();
        }
        if (code == Code.CONNECTIONLOSS || code == Code.SESSIONEXPIRED || code == Code.OPERATIONTIMEOUT) {
            return new MultiResult.Unknown(code);
        }
        var codes = new ArrayList<Code>();
        if (results != null) {
            for (var result : results) {
                codes.add(
                        result instanceof OpResult.ErrorResult error
                                ? Code.get(error.getErr()) == null ? Code.SYSTEMERROR : Code.get(error.getErr())
                                : Code.OK);
            }
        }
        if (codes.stream().allMatch(c -> c == Code.OK)) {
            codes.clear();
            codes.add(code == null ? Code.SYSTEMERROR : code);
        }
        return new MultiResult.Refused(codes);
    }

    /** The raw client of the current session. */
    public ZooKeeper handle() {
        try {
            return curator.getZookeeperClient().getZooKeeper();
        } catch (Exception e) {
            throw new ZooKeeperUnavailableException("no ZooKeeper client: " + e.getMessage(), e);
        }
    }

    @Override
    public void ensureExists(String path) {
        try {
            handle().create(path, new byte[0], settings.acl(), CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // As wanted.
        } catch (KeeperException.NoNodeException e) {
            int slash = path.lastIndexOf('/');
            if (slash == 0) {
                throw new ZooKeeperUnavailableException("the chroot of the ZooKeeper address does not exist", e);
            }
            ensureExists(path.substring(0, slash));
            ensureExists(path);
        } catch (KeeperException e) {
            throw new ZooKeeperUnavailableException("cannot create " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZooKeeperUnavailableException("interrupted while creating " + path, e);
        }
    }

    @Override
    public List<String> children(String path) {
        try {
            return handle().getChildren(path, false);
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        } catch (KeeperException e) {
            throw new ZooKeeperUnavailableException("cannot list " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZooKeeperUnavailableException("interrupted while listing " + path, e);
        }
    }

    @Override
    public Optional<Node> read(String path) {
        var stat = new Stat();
        try {
            var data = handle().getData(path, false, stat);
            return Optional.of(node(data, stat));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        } catch (KeeperException e) {
            throw new ZooKeeperUnavailableException("cannot read " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZooKeeperUnavailableException("interrupted while reading " + path, e);
        }
    }

    private static Node node(byte @Nullable [] data, Stat stat) {
        return new Node(
                new String(data == null ? new byte[0] : data, UTF_8), stat.getVersion(), stat.getEphemeralOwner());
    }

    @Override
    public Map<String, List<String>> children(Collection<String> paths) throws InterruptedException {
        return Answers.byPath(
                paths,
                (path, answer) -> handle().getChildren(
                                path,
                                false,
                                (int rc, String p, Object ctx, List<String> names) -> answer.accept(rc, names),
                                null));
    }

    @Override
    public Map<String, Node> read(Collection<String> paths) throws InterruptedException {
        return Answers.byPath(
                paths,
                (path, answer) -> handle().getData(
                                path,
                                false,
                                (rc, p, ctx, data, stat) -> answer.accept(rc, stat == null ? null : node(data, stat)),
                                null));
    }

    @Override
    public void touch(String path) {
        try {
            handle().setData(
                            path,
                            new byte[0],
                            -1,
                            (rc, p, ctx, stat) -> {
                                if (Code.get(rc) == Code.NONODE) {
                                    create(path);
                                }
                            },
                            null);
        } catch (ZooKeeperUnavailableException e) {
            log.debug("not touched path={}", path, e);
        }
    }

    private void create(String path) {
        handle().create(path, new byte[0], settings.acl(), CreateMode.PERSISTENT, (rc, p, ctx, name) -> {}, null);
    }

    @Override
    public void sync() throws InterruptedException {
        Answers.byPath(
                List.of(Paths.ROOT),
                (path, answer) -> handle().sync(path, (rc, p, ctx) -> answer.accept(rc, path), null));
    }

    @Override
    public TreeWatch watch(String path, TreeWatch.Listener listener) {
        return new CuratorTreeWatch(curator, path, listener);
    }

    @Override
    public Subscription listen(Consumer<SessionEvent> listener) {
        ConnectionStateListener states = (client, state) -> listener.accept(
                switch (state) {
                    case CONNECTED, RECONNECTED -> SessionEvent.CONNECTED;
                    case SUSPENDED, READ_ONLY -> SessionEvent.SUSPENDED;
                    case LOST -> SessionEvent.LOST;
                });
        curator.getConnectionStateListenable().addListener(states);
        return () -> curator.getConnectionStateListenable().removeListener(states);
    }

    /** Ends the session, which removes its ephemeral nodes. */
    @Override
    public void close() {
        curator.close();
    }
}
