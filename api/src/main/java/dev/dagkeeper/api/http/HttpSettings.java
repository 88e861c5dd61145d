package dev.dagkeeper.api.http;

/**
 * Where the API listens and who may use it.
 *
 * @param host a loopback address or name
 * @param port 0 for any free one
 * @param token what every client must show, except for health and this API's description; at least 16 characters
 */
public record HttpSettings(String host, int port, String token, HttpLimits limits) {
    private static final int TOKEN_LENGTH = 16;

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("expected a port of 0 to 65535, found " + port);
        }
        if (token.length() < TOKEN_LENGTH) {
            throw new IllegalArgumentException("expected a token of at least " + TOKEN_LENGTH + " characters");
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HttpSettings[" + host + ":" + port + "]";
    }
}
