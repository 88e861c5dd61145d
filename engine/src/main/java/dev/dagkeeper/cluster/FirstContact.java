package dev.dagkeeper.cluster;

import dev.dagkeeper.cluster.ZooKeeperLogin.Digest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.jspecify.annotations.Nullable;

/** Finds out at a start whether ZooKeeper can be used with what is configured, and says what is wrong otherwise. */
final class FirstContact {
    private static final String BEGIN_ANEW = "stop every process that uses it and delete it (nothing in it is needed)";

    private final ZooKeeperConnection connection;
    private final ZooKeeperSettings settings;

    FirstContact(ZooKeeperConnection connection, ZooKeeperSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** See {@link ZooKeeperConnection#awaitUsable}. */
    void await(Duration patience) throws InterruptedException {
        var deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative() || !connection.awaitConnected(left)) {
                throw connection.isLoginRefused() ? loginRefused(null) : noAnswer(patience);
            }
            try {
                look(connection.handle());
                return;
            } catch (KeeperException.ConnectionLossException | KeeperException.SessionExpiredException e) {
                // The ensemble may close the connection in the same moment in which it refuses the login.
                if (connection.isLoginRefused()) {
                    throw loginRefused(e);
                }
            } catch (KeeperException e) {
                throw connection.isLoginRefused() ? loginRefused(e) : explained(e);
            }
        }
    }

    /** Makes the root node, if there is none, and looks whose it is. */
    private void look(ZooKeeper zooKeeper) throws KeeperException, InterruptedException {
        try {
            zooKeeper.create(Paths.ROOT, new byte[0], settings.acl(), CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // By whom is to be seen.
        }
        zooKeeper.getChildren(Paths.ROOT, false);
        var acl = zooKeeper.getACL(Paths.ROOT, new Stat());
        switch (settings.login()) {
            case ZooKeeperLogin.None _ -> {}
            case ZooKeeperLogin.Digest digest -> check(acl, Digest.SCHEME, digestId(digest));
            case ZooKeeperLogin.Sasl _ -> check(acl, ZooKeeperLogin.Sasl.SCHEME, "");
        }
    }

    /** See {@link ZooKeeperConnection#keepOthersOut}. */
    void takeAll() throws InterruptedException {
        try {
            for (var path : List.of("/", "/zookeeper", "/zookeeper/quota")) {
                connection.handle().setACL(path, settings.acl(), -1);
            }
        } catch (KeeperException e) {
            throw explained(e);
        }
    }

    /** With SASL the ensemble alone knows the name; that it let us in and nobody else is named says enough. */
    private void check(List<ACL> acl, String scheme, String id) {
        if (acl.stream().anyMatch(entry -> entry.getId().equals(ZooDefs.Ids.ANYONE_ID_UNSAFE))) {
            throw problem(": " + Paths.ROOT + " was made without a login and is open to anyone; " + BEGIN_ANEW, null);
        }
        if (acl.stream()
                .noneMatch(entry -> entry.getPerms() == ZooDefs.Perms.ALL
                        && entry.getId().getScheme().equals(scheme)
                        && (id.isEmpty() || entry.getId().getId().equals(id)))) {
            throw refused(null);
        }
    }

    private static String digestId(Digest login) {
        try {
            var credentials = login.credentials();
            return DigestAuthenticationProvider.generateDigest(credentials.user() + ":" + credentials.password());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java without a digest that ZooKeeper needs", e);
        }
    }

    private ZooKeeperUnavailableException explained(KeeperException e) {
        return switch (e.code()) {
            case NOAUTH -> refused(e);
            case AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH -> loginRefused(e);
            case NONODE -> problem(": the chroot of that address does not exist; create it, or leave it out", e);
            default -> problem(" cannot be used: " + e.getMessage(), e);
        };
    }

    private ZooKeeperUnavailableException refused(@Nullable KeeperException cause) {
        var why = switch (settings.login()) {
            case ZooKeeperLogin.None _ ->
                "it was made with a login and there is none here; set "
                        + settings.login().source();
            case Digest _, ZooKeeperLogin.Sasl _ ->
                "it was made with another login; check " + settings.login().source();
        };
        return problem(" refuses access to " + Paths.ROOT + ": " + why + ", or " + BEGIN_ANEW, cause);
    }

    private ZooKeeperUnavailableException loginRefused(@Nullable KeeperException cause) {
        var why = switch (settings.login()) {
            case ZooKeeperLogin.None _, Digest _ ->
                "wants a login by SASL: set stores.zookeeper-auth (DAGKEEPER_ZOOKEEPER_AUTH) to sasl, and its user";
            case ZooKeeperLogin.Sasl _ ->
                "refuses the login by SASL: check " + settings.login().source()
                        + ", and that the ensemble knows that user and has"
                        + " authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider";
        };
        return problem(" " + why, cause);
    }

    private ZooKeeperUnavailableException noAnswer(Duration patience) {
        return new ZooKeeperUnavailableException(
                "no ZooKeeper answers at " + settings.servers() + " within " + patience.toSeconds() + " s: "
                        + Reachability.of(settings),
                null);
    }

    private ZooKeeperUnavailableException problem(String what, @Nullable KeeperException cause) {
        return new ZooKeeperUnavailableException("ZooKeeper at " + settings.servers() + what, cause);
    }
}
