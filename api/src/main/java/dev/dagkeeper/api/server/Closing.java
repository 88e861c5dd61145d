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

    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            var resource = started.pop();
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("could not be closed: {}", resource, e);
            }
        }
    }
}
