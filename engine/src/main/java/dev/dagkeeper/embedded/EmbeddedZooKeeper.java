package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real ZooKeeper server in this JVM, listening on 127.0.0.1 only.
 *
 * <p>It starts empty: nothing in it is needed after the process that used it is gone, and sessions of a former process
 * would only have to time out first. For the same reason its transaction log is written but not forced to the disk
 * ({@code forceSync=no}): the log could matter only to a server that comes back with its data, and this one never does.
 * Within one life of the process the order and the atomicity of transactions do not depend on the disk.
 *
 * <p>ZooKeeper takes some of its settings from system properties, so they hold for every server in the JVM. Thread-safe.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    private static final long START_LIMIT_MILLIS = 30_000;
    private static final String FILES = "run";
    private static final int LOGS_KEPT = 3;

    private final Path files;
    private final ZooKeeperServerEmbedded server;
    private final int port;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread purger;

    private EmbeddedZooKeeper(Path files, ZooKeeperServerEmbedded server, int port) {
        this.files = files;
        this.server = server;
        this.port = port;
        this.purger = Thread.ofVirtual().name("zookeeper-purge").start(this::purge);
    }

    /**
     * Starts an empty server on a free port and returns when it serves.
     *
     * @param directory where it writes; what a former server wrote there is deleted
     */
    public static EmbeddedZooKeeper start(Path directory) throws IOException, InterruptedException {
        wipe(directory);
        return start(directory, 0);
    }

    /** Deletes what a server wrote to the directory, and nothing else. */
    static void wipe(Path directory) throws IOException {
        FileTrees.delete(directory.resolve(FILES));
    }

    /** Starts a server on what the directory holds, for tests of failures. */
    static EmbeddedZooKeeper start(Path directory, int port) throws IOException, InterruptedException {
        var began = System.nanoTime();
        var files = directory.resolve(FILES);
        FileTrees.createPrivate(files);
        var server = build(files, port);
        try {
            server.start(START_LIMIT_MILLIS);
            var started = new EmbeddedZooKeeper(files, server, server.getClientPort());
            LOG.debug("ZooKeeper ready port={} ms={}", started.port, (System.nanoTime() - began) / 1_000_000);
            return started;
        } catch (InterruptedException e) {
            server.close();
            throw e;
        } catch (Exception e) {
            server.close();
            throw new EmbeddedStoreException("ZooKeeper did not start in " + directory + ": " + e, e);
        }
    }

    private static ZooKeeperServerEmbedded build(Path files, int port) throws EmbeddedStoreException {
        var settings = new Properties();
        settings.put("dataDir", files.resolve("data").toString());
        settings.put("clientPortAddress", "127.0.0.1");
        settings.put("clientPort", Integer.toString(port));
        settings.put("tickTime", "200");
        settings.put("minSessionTimeout", "1000");
        settings.put("maxSessionTimeout", "60000");
        settings.put("maxClientCnxns", "1000");
        settings.put("maxCnxns", "1000");
        settings.put("admin.enableServer", "false");
        settings.put("4lw.commands.whitelist", "srvr,mntr");
        settings.put("forceSync", "no");
        settings.put("preAllocSize", "4096");
        try {
            return ZooKeeperServerEmbedded.builder()
                    .baseDir(files)
                    .configuration(settings)
                    .exitHandler(ExitHandler.LOG_ONLY)
                    .build();
        } catch (Exception e) {
            throw new EmbeddedStoreException("ZooKeeper cannot be set up in " + files + ": " + e, e);
        }
    }

    /** Deletes transaction logs that no snapshot needs any more; ZooKeeper itself would do so once an hour at most. */
    private void purge() {
        var data = files.resolve("data").toFile();
        try {
            while (!closing.await(1, TimeUnit.MINUTES)) {
                PurgeTxnLog.purge(data, data, LOGS_KEPT);
            }
        } catch (IOException e) {
            LOG.warn("old ZooKeeper logs in {} stay until the next start: {}", data, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How clients of this machine reach it: {@code 127.0.0.1:port}. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Stops serving; every session of it is lost. Harmless twice. */
    @Override
    public void close() {
        closing.countDown();
        server.close();
        try {
            purger.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "EmbeddedZooKeeper[" + connectString() + " in " + files + "]";
    }
}
