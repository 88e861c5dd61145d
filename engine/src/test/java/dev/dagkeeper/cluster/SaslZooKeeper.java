package dev.dagkeeper.cluster;

import dev.dagkeeper.embedded.EmbeddedZooKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.URIParameter;
import java.util.Optional;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.common.X509Util;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.auth.SASLAuthenticationProvider;

/** A ZooKeeper that knows one user. It takes that from what is the JVM's own, which is given back at the end. */
public final class SaslZooKeeper implements AutoCloseable {
    public static final String USER = "keeper";
    public static final String PASSWORD = "right-password";
    private static final String SCHEME = "sasl";
    private static final String PROVIDER = ProviderRegistry.AUTHPROVIDER_PROPERTY_PREFIX + SCHEME;

    private final EmbeddedZooKeeper server;
    private final Optional<Configuration> before;

    private SaslZooKeeper(EmbeddedZooKeeper server, Optional<Configuration> before) {
        this.server = server;
        this.before = before;
    }

    public static SaslZooKeeper start(Path directory) throws Exception {
        Files.createDirectories(directory);
        var jaas = Files.writeString(directory.resolve("server.jaas"), """
                Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_%s="%s"; };
                """.formatted(USER, PASSWORD));
        var before = current();
        System.setProperty(X509Util.FIPS_MODE_PROPERTY, "false");
        System.setProperty(PROVIDER, SASLAuthenticationProvider.class.getName());
        ProviderRegistry.addOrUpdateProvider(PROVIDER);
        Configuration.setConfiguration(Configuration.getInstance("JavaLoginConfig", new URIParameter(jaas.toUri())));
        return new SaslZooKeeper(EmbeddedZooKeeper.start(directory), before);
    }

    private static Optional<Configuration> current() {
        try {
            return Optional.of(Configuration.getConfiguration());
        } catch (SecurityException e) {
            return Optional.empty();
        }
    }

    public String connectString() {
        return server.connectString();
    }

    @Override
    public void close() {
        server.close();
        Configuration.setConfiguration(before.orElse(null));
        ProviderRegistry.removeProvider(SCHEME);
        System.clearProperty(PROVIDER);
        System.clearProperty(X509Util.FIPS_MODE_PROPERTY);
    }
}
