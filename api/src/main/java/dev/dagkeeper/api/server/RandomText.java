package dev.dagkeeper.api.server;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that live as long as this process. */
final class RandomText {
    private static final int BYTES = 24;

    private RandomText() {}

    /** 192 random bits, in hexadecimal. */
    static String make() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
