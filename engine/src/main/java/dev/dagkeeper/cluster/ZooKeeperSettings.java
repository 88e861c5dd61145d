package dev.dagkeeper.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Util;
import org.apache.zookeeper.data.ACL;

/**
 * Where ZooKeeper is and how it is reached.
 *
 * @param servers {@code host:port,...}, with an optional chroot that exists
 * @param login who owns every node
 * @param tls how the connection is encrypted, if it is
 */
public record ZooKeeperSettings(String servers, ZooKeeperLogin login, Optional<Tls> tls) {
    /** Neither login nor TLS: for an ensemble that nobody else can reach. */
    public static ZooKeeperSettings open(String servers) {
        return new ZooKeeperSettings(servers, new ZooKeeperLogin.None(), Optional.empty());
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
        return switch (login) {
            case ZooKeeperLogin.None _ -> ZooDefs.Ids.OPEN_ACL_UNSAFE;
            case ZooKeeperLogin.Digest _, ZooKeeperLogin.Sasl _ -> ZooDefs.Ids.CREATOR_ALL_ACL;
        };
    }

    /** @throws ZooKeeperUnavailableException when the login cannot be made */
    ZKClientConfig clientConfig() {
        var config = new ZKClientConfig();
        switch (login) {
            case ZooKeeperLogin.None _, ZooKeeperLogin.Digest _ ->
                // Or the client would use a section that the process happens to have for something else.
                config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
            case ZooKeeperLogin.Sasl sasl -> {
                config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "true");
                config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, JaasSections.add(sasl));
                // Otherwise DIGEST-MD5 is not offered at all. Names in certificates are checked in either mode.
                config.setProperty(X509Util.FIPS_MODE_PROPERTY, "false");
            }
        }
        tls.ifPresent(settings -> encrypt(config, settings));
        return config;
    }

    private static void encrypt(ZKClientConfig config, Tls settings) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (var names = new ClientX509Util()) {
            config.setProperty(
                    names.getSslTruststoreLocationProperty(), settings.trust().toString());
            config.setProperty(names.getSslTruststorePasswdProperty(), settings.password());
            settings.key().ifPresent(key -> {
                config.setProperty(names.getSslKeystoreLocationProperty(), key.toString());
                config.setProperty(names.getSslKeystorePasswdProperty(), settings.password());
            });
        }
    }
}
