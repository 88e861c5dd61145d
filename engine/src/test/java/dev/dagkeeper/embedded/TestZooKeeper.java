package dev.dagkeeper.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real ZooKeeper for a test class: one server for the whole test JVM, a part of its tree for each class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestZooKeeper ZOOKEEPER = new TestZooKeeper();
 * }</pre>
 *
 * Tests that count what the server does want one {@link #alone()}, those that stop it a {@link RestartableZooKeeper}.
 */
public final class TestZooKeeper implements BeforeAllCallback {
    private final boolean alone;
    private String connectString = "";

    public TestZooKeeper() {
        this(false);
    }

    private TestZooKeeper(boolean alone) {
        this.alone = alone;
    }

    /** A server of the class's own: sessions that other classes left behind end on the shared one at any time. */
    public static TestZooKeeper alone() {
        return new TestZooKeeper(true);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        var server = alone
                ? context.getStore(ExtensionContext.Namespace.create(TestZooKeeper.class, this))
                        .computeIfAbsent(Server.class, _ -> Server.start(), Server.class)
                : OfThisJvm.SERVER;
        var zooKeeper = server.zooKeeper();
        connectString = zooKeeper.connectString() + newRoot(zooKeeper);
    }

    /** The server and this class's own root in it: {@code 127.0.0.1:port/root}. */
    public String connectString() {
        if (connectString.isEmpty()) {
            throw new IllegalStateException("TestZooKeeper is not registered as a static extension");
        }
        return connectString;
    }

    private static String newRoot(EmbeddedZooKeeper zooKeeper) throws Exception {
        var root = "/test-" + UUID.randomUUID();
        try (var client = CuratorFrameworkFactory.newClient(zooKeeper.connectString(), new RetryOneTime(100))) {
            client.start();
            client.create().forPath(root);
        }
        return root;
    }

    /** Not kept in JUnit's own store: where Maven runs tests in several JVMs, each class is a session with a store of its own. */
    private static final class OfThisJvm {
        static final Server SERVER = start();

        private static Server start() {
            var started = Server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "test-zookeeper-stop"));
            return started;
        }
    }

    /** Closed when the JVM ends, or by JUnit after the class whose own it is. */
    private record Server(EmbeddedZooKeeper zooKeeper, Path directory) implements AutoCloseable {
        static Server start() {
            try {
                var directory = Files.createTempDirectory("dagkeeper-zookeeper");
                return new Server(EmbeddedZooKeeper.start(directory), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while ZooKeeper started", e);
            }
        }

        @Override
        public void close() {
            zooKeeper.close();
            try {
                FileTrees.delete(directory);
            } catch (IOException e) {
                throw new UncheckedIOException("ZooKeeper of the tests left something behind", e);
            }
        }
    }
}
