package dev.dagkeeper.alert;

import java.net.URI;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Where alerts are posted to.
 *
 * @param secret what the signature is made with; without one there is no signature
 */
public record WebhookSettings(URI url, Optional<Secret> secret) {
    /** The path of a webhook is often a secret itself. */
    @Override
    public String toString() {
        return url.getScheme() + "://" + url.getAuthority() + "/***";
    }

    /** A secret as Standard Webhooks writes it. Its text does not show it. */
    public static final class Secret {
        private static final String PREFIX = "whsec_";
        private static final int LEAST_BYTES = 24;
        private static final int MOST_BYTES = 64;

        private final byte[] key;

        private Secret(byte[] key) {
            this.key = key;
        }

        /**
         * Reads {@code whsec_} and 24 to 64 bytes in Base64.
         *
         * @throws IllegalArgumentException when it is not that, saying what was expected
         */
        public static Secret parse(String text) {
            var expected =
                    "expected whsec_ and 24 to 64 bytes in Base64, such as from: echo whsec_$(openssl rand -base64 32)";
            if (!text.startsWith(PREFIX)) {
                throw new IllegalArgumentException(expected);
            }
            byte[] key;
            try {
                key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected, e);
            }
            if (key.length < LEAST_BYTES || key.length > MOST_BYTES) {
                throw new IllegalArgumentException(expected);
            }
            return new Secret(key);
        }

        byte[] key() {
            return key.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Secret secret && Arrays.equals(key, secret.key);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(key);
        }

        @Override
        public String toString() {
            return PREFIX + "***";
        }
    }
}
