package dev.dagkeeper.config;

/**
 * Where a server listens.
 *
 * @param host a name or an address; IPv6 addresses without brackets
 * @param port 0 for any free one
 */
public record ListenAddress(String host, int port) {
    public ListenAddress {
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("expected HOST:PORT with a port from 0 to 65535");
        }
    }

    /**
     * Reads {@code HOST:PORT} or {@code [IPV6]:PORT}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    public static ListenAddress parse(String text) {
        var colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("expected HOST:PORT, such as 127.0.0.1:8080");
        }
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("expected brackets around an IPv6 address, such as [::1]:8080");
        }
        return new ListenAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
