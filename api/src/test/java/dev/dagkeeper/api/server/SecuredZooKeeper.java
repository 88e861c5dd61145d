package dev.dagkeeper.api.server;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** A ZooKeeper that speaks TLS only. ZooKeeper reads some of its settings from system properties, set while this runs. */
final class SecuredZooKeeper implements AutoCloseable {
    private final ZooKeeperServerEmbedded server;
    private final int port;
    private final Map<String, String> properties;

    private SecuredZooKeeper(ZooKeeperServerEmbedded server, int port, Map<String, String> properties) {
        this.server = server;
        this.port = port;
        this.properties = properties;
    }

    static SecuredZooKeeper start(Path directory, Certificates certificates) throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        var properties = Map.of(
                "zookeeper.serverCnxnFactory",
                "org.apache.zookeeper.server.NettyServerCnxnFactory",
                "zookeeper.ssl.keyStore.location",
                certificates.keyStore().toString(),
                "zookeeper.ssl.keyStore.password",
                Certificates.PASSWORD,
                "zookeeper.ssl.trustStore.location",
                certificates.certificate().toString(),
                "zookeeper.ssl.clientAuth",
                "none");
        properties.forEach(System::setProperty);
        var settings = new Properties();
        settings.put("dataDir", directory.resolve("data").toString());
        settings.put("secureClientPortAddress", "127.0.0.1");
        settings.put("secureClientPort", Integer.toString(port));
        settings.put("tickTime", "500");
        settings.put("admin.enableServer", "false");
        Files.createDirectories(directory);
        var server = ZooKeeperServerEmbedded.builder()
                .baseDir(directory)
                .configuration(settings)
                .exitHandler(ExitHandler.LOG_ONLY)
                .build();
        var started = new SecuredZooKeeper(server, port, properties);
        try {
            server.start(30_000);
            return started;
        } catch (Exception e) {
            started.close();
            throw e;
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        server.close();
        properties.keySet().forEach(System::clearProperty);
    }
}
