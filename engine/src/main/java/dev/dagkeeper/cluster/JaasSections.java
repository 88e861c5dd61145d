package dev.dagkeeper.cluster;

import java.security.GeneralSecurityException;
import java.security.URIParameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.jspecify.annotations.Nullable;

/**
 * The logins of this process's ZooKeeper clients, as sections of the JAAS configuration. Java has one such configuration a
 * process, and the ZooKeeper client takes its login from nowhere else; so this takes its place, adds sections with names that
 * nobody else uses, and leaves all others to what was there. Thread-safe.
 */
final class JaasSections extends Configuration {
    private static final String PREFIX = "dagkeeper-zookeeper-";

    private final Optional<Configuration> others;
    private final Map<ZooKeeperLogin.Sasl, String> names = new HashMap<>();
    private final Map<String, AppConfigurationEntry[]> sections = new HashMap<>();

    private JaasSections(Optional<Configuration> others) {
        this.others = others;
    }

    /**
     * Makes a login known to the process and tries whether it can be used: whether the file has it and, with Kerberos, a
     * ticket is to be had.
     *
     * @return the name of its section
     * @throws ZooKeeperUnavailableException when it cannot be used, with the reason
     */
    static String add(ZooKeeperLogin.Sasl login) {
        var name = installed().name(login);
        try {
            var context = new LoginContext(name);
            context.login();
            context.logout();
            return name;
        } catch (LoginException e) {
            throw new ZooKeeperUnavailableException(
                    "the login to ZooKeeper cannot be made: " + e.getMessage() + "; check " + login.source(), e);
        }
    }

    private static JaasSections installed() {
        synchronized (JaasSections.class) {
            var current = current();
            if (current.isPresent() && current.get() instanceof JaasSections ours) {
                return ours;
            }
            var ours = new JaasSections(current);
            Configuration.setConfiguration(ours);
            return ours;
        }
    }

    private static Optional<Configuration> current() {
        try {
            return Optional.of(Configuration.getConfiguration());
        } catch (SecurityException e) {
            // That is how Java says that there is none.
            return Optional.empty();
        }
    }

    private synchronized String name(ZooKeeperLogin.Sasl login) {
        var known = names.get(login);
        if (known != null) {
            return known;
        }
        var name = PREFIX + (names.size() + 1);
        sections.put(name, entries(login));
        names.put(login, name);
        return name;
    }

    private static AppConfigurationEntry[] entries(ZooKeeperLogin.Sasl login) {
        return switch (login) {
            case ZooKeeperLogin.SaslPassword(var credentials) ->
                new AppConfigurationEntry[] {
                    new AppConfigurationEntry(
                            DigestLoginModule.class.getName(),
                            LoginModuleControlFlag.REQUIRED,
                            Map.of("username", credentials.user(), "password", credentials.password()))
                };
            case ZooKeeperLogin.SaslFile file -> read(file);
        };
    }

    private static AppConfigurationEntry[] read(ZooKeeperLogin.SaslFile login) {
        AppConfigurationEntry @Nullable [] found;
        try {
            found = Configuration.getInstance(
                            "JavaLoginConfig", new URIParameter(login.file().toUri()))
                    .getAppConfigurationEntry(login.section());
        } catch (GeneralSecurityException | SecurityException | IllegalArgumentException e) {
            var reason = e.getCause() == null ? e : e.getCause();
            throw new ZooKeeperUnavailableException(
                    "the login to ZooKeeper cannot be read from " + login.file() + " (stores.zookeeper-jaas): "
                            + reason.getMessage()
                            + "; expected a JAAS file: SECTION { MODULE required OPTION=\"VALUE\"; };",
                    e);
        }
        if (found == null) {
            throw new ZooKeeperUnavailableException(
                    "the login to ZooKeeper is missing: there is no section " + login.section() + " in " + login.file()
                            + "; name another with stores.zookeeper-jaas-section (DAGKEEPER_ZOOKEEPER_JAAS_SECTION)",
                    null);
        }
        return found;
    }

    @Override
    public synchronized AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
        var ours = sections.get(name);
        return ours == null
                ? others.map(other -> other.getAppConfigurationEntry(name)).orElse(null)
                : ours.clone();
    }

    @Override
    public void refresh() {
        others.ifPresent(Configuration::refresh);
    }
}
