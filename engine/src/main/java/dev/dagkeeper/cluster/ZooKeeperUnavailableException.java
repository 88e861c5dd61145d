package dev.dagkeeper.cluster;

import org.jspecify.annotations.Nullable;

/** ZooKeeper does not answer now. Worth trying again after a reconnect. */
public final class ZooKeeperUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ZooKeeperUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
