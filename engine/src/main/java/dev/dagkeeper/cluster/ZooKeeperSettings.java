package dev.dagkeeper.cluster;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.data.ACL;

/**
 * Where ZooKeeper is and how it is reached.
 *
 * @param servers {@code host:port,...}, with an optional chroot that exists
 * @param login who owns every node; without it nodes are open to whoever reaches the ensemble
 * @param tls how the connection is encrypted, if it is
 */
public record ZooKeeperSettings(String servers, Optional<Login> login, Optional<Tls> tls) {
    /** Neither login nor TLS: for an ensemble that nobody else can reach. */
    public static ZooKeeperSettings open(String servers) {
        return new ZooKeeperSettings(servers, Optional.empty(), Optional.empty());
    }

    /**
     * A user of ZooKeeper's {@code digest} scheme. ZooKeeper keeps no list of users: whoever knows the login that a node
     * was made with may use it.
     */
    public record Login(String user, String password) {
        static final String SCHEME = "digest";

        public Login {
            if (user.isEmpty() || user.contains(":") || password.isEmpty()) {
                throw new IllegalArgumentException("expected USER:PASSWORD");
            }
        }

        byte[] credentials() {
            return (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /**
     * TLS, with the server's name checked against its certificate. The files are PEM, PKCS12 or JKS, told by their ending.
     *
     * @param trust certificates of those who sign the ensemble's
     * @param key this client's key and certificate, when the ensemble asks for one
     * @param password of both files; empty for PEM without one
     */
    public record Tls(Path trust, Optional<Path> key, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Tls[trust=" + trust + ", key=" + key + "]";
        }
    }

    /** Who may do what with the nodes that are made. */
    List<ACL> acl() {
        return login.isPresent() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    ZKClientConfig clientConfig() {
        var config = new ZKClientConfig();
        tls.ifPresent(settings -> {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            try (var names = new ClientX509Util()) {
                config.setProperty(
                        names.getSslTruststoreLocationProperty(),
                        settings.trust().toString());
                config.setProperty(names.getSslTruststorePasswdProperty(), settings.password());
                settings.key().ifPresent(key -> {
                    config.setProperty(names.getSslKeystoreLocationProperty(), key.toString());
                    config.setProperty(names.getSslKeystorePasswdProperty(), settings.password());
                });
            }
        });
        return config;
    }
}
