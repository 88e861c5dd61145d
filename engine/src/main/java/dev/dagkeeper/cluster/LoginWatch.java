package dev.dagkeeper.cluster;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.api.CuratorListener;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears that the ensemble refuses a login by SASL, which no operation says for sure. Thread-safe. */
final class LoginWatch implements CuratorListener {
    private static final Logger log = LoggerFactory.getLogger(LoginWatch.class);

    private final String name;
    private volatile boolean refused;
    private volatile boolean accepted;

    LoginWatch(String name) {
        this.name = name;
    }

    @Override
    public void eventReceived(CuratorFramework client, CuratorEvent event) {
        var watched = event.getWatchedEvent();
        if (watched != null && watched.getState() == KeeperState.AuthFailed) {
            refused = true;
            if (accepted) {
                // Whoever starts is told by an exception.
                log.error("zookeeper refuses the login that it took before; trying again client={}", name);
            }
        }
    }

    boolean isRefused() {
        return refused;
    }

    void wasAccepted() {
        accepted = true;
    }
}
