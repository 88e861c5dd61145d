package dev.dagkeeper.api.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be closed the other way round; one that cannot be closed does not keep the others open. */
final class Closing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T resource) {
        started.push(resource);
        return resource;
    }

    /** Closes one before its turn; does nothing when it is closed already. */
    synchronized void closeNow(AutoCloseable resource) {
        if (started.remove(resource)) {
            closeSafely(resource);
        }
    }

    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            closeSafely(started.pop());
        }
    }

    private static void closeSafely(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            log.warn("could not be closed: {}", resource, e);
        }
    }
}
