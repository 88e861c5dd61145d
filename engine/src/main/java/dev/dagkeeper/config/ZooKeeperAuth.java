package dev.dagkeeper.config;

import dev.dagkeeper.cluster.ZooKeeperLogin;
import java.nio.file.Path;
import java.util.Optional;

/** How ZooKeeper is told who this process is. */
enum ZooKeeperAuth {
    /** By ZooKeeper's own scheme, which knows no users. */
    DIGEST,
    /** By SASL, with users that the ensemble knows. */
    SASL;

    static ZooKeeperAuth parse(String text) {
        return switch (text) {
            case "digest" -> DIGEST;
            case "sasl" -> SASL;
            default -> throw new IllegalArgumentException("expected digest or sasl");
        };
    }

    /**
     * The login that the settings come to.
     *
     * @throws IllegalArgumentException when they do not fit together, saying what was expected
     */
    ZooKeeperLogin login(Optional<ZooKeeperLogin.Credentials> credentials, Optional<Path> jaas, String section) {
        return switch (this) {
            case DIGEST -> {
                if (jaas.isPresent()) {
                    throw new IllegalArgumentException(Keys.ZOOKEEPER_JAAS.path() + " is given, expected "
                            + Keys.ZOOKEEPER_AUTH.path() + ": sasl with it");
                }
                yield credentials
                        .<ZooKeeperLogin>map(ZooKeeperLogin.Digest::new)
                        .orElseGet(ZooKeeperLogin.None::new);
            }
            case SASL -> {
                if (credentials.isPresent() == jaas.isPresent()) {
                    throw new IllegalArgumentException(Keys.ZOOKEEPER_AUTH.path() + " is sasl, expected one of "
                            + Keys.ZOOKEEPER_LOGIN.path() + " and " + Keys.ZOOKEEPER_JAAS.path() + ", found "
                            + (jaas.isPresent() ? "both" : "neither"));
                }
                yield jaas.<ZooKeeperLogin>map(file -> new ZooKeeperLogin.SaslFile(file, section))
                        .or(() -> credentials.map(ZooKeeperLogin.SaslPassword::new))
                        .orElseThrow();
            }
        };
    }
}
