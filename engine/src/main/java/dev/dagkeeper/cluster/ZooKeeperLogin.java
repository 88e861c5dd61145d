package dev.dagkeeper.cluster;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Who this process is to ZooKeeper, and so whom the nodes that it makes belong to. */
public sealed interface ZooKeeperLogin {
    /** Where the login is set, for messages. */
    default String source() {
        return switch (this) {
            case None _, Digest _, SaslPassword _ -> "stores.zookeeper-login (DAGKEEPER_ZOOKEEPER_LOGIN)";
            case SaslFile(var file, var section) ->
                "the section " + section + " of " + file + " (stores.zookeeper-jaas)";
        };
    }

    /** Nobody: nodes are open to whoever reaches the ensemble. */
    record None() implements ZooKeeperLogin {}

    /**
     * A user of ZooKeeper's {@code digest} scheme. ZooKeeper keeps no list of users: whoever knows the login that a node
     * was made with may use it.
     */
    record Digest(Credentials credentials) implements ZooKeeperLogin {
        static final String SCHEME = "digest";

        byte[] bytes() {
            return (credentials.user() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A user that the ensemble knows and checks; nodes belong to {@code sasl:USER}. */
    sealed interface Sasl extends ZooKeeperLogin {
        String SCHEME = "sasl";
    }

    /** A user with a password (mechanism DIGEST-MD5). */
    record SaslPassword(Credentials credentials) implements Sasl {}

    /**
     * What a section of a JAAS file says: a principal of Kerberos (mechanism GSSAPI), or a user with a password.
     *
     * @param section its name in the file
     */
    record SaslFile(Path file, String section) implements Sasl {}

    /** A user and the password. */
    record Credentials(String user, String password) {
        private static final String EXPECTED = "expected USER:PASSWORD";

        public Credentials {
            if (user.isEmpty() || user.contains(":") || password.isEmpty()) {
                throw new IllegalArgumentException(EXPECTED);
            }
        }

        /**
         * Reads {@code USER:PASSWORD}.
         *
         * @throws IllegalArgumentException when it is none; the message does not repeat it
         */
        public static Credentials parse(String text) {
            var colon = text.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException(EXPECTED);
            }
            return new Credentials(text.substring(0, colon), text.substring(colon + 1));
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Credentials[" + user + "]";
        }
    }
}
