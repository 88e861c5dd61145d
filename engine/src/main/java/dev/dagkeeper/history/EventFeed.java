package dev.dagkeeper.history;

import dev.dagkeeper.history.EventStore.Listener;
import dev.dagkeeper.history.EventStore.Subscription;
import dev.dagkeeper.run.RunId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for the leader's announcements on one connection of its own and tells all listeners. The connection and its
 * thread begin with the first subscription and last until the database is closed; a lost connection is opened again.
 */
final class EventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

    /** How often a silent connection is asked whether it is still there. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);

    private final DatabaseSettings settings;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile @Nullable Connection connection;

    EventFeed(DatabaseSettings settings) {
        this.settings = settings;
    }

    /** Returns once announcements are heard. */
    Subscription subscribe(Listener listener) {
        listeners.add(listener);
        try {
            start();
        } catch (SQLException e) {
            listeners.remove(listener);
            throw Failures.at("listen for events", e);
        }
        return () -> listeners.remove(listener);
    }

    private synchronized void start() throws SQLException {
        if (thread != null || closed.getCount() == 0) {
            return;
        }
        var first = listen();
        thread = Thread.ofPlatform().name("dagkeeper-events").daemon().start(() -> run(first));
    }

    private Connection listen() throws SQLException {
        var opened = DriverManager.getConnection(settings.url(), Sessions.patient(settings, "dagkeeper-events"));
        try (var statement = opened.createStatement()) {
            statement.execute("LISTEN dagkeeper_events");
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        connection = opened;
        return opened;
    }

    private void run(Connection first) {
        var current = first;
        while (closed.getCount() > 0) {
            try (var open = current) {
                hear(open);
            } catch (SQLException e) {
                if (closed.getCount() > 0) {
                    LOG.warn("lost the connection that listens for events, opening another: {}", e.getMessage());
                }
            }
            var next = reconnect();
            if (next == null) {
                return;
            }
            current = next;
            listeners.forEach(Listener::reconnected);
        }
    }

    private void hear(Connection open) throws SQLException {
        var notifications = open.unwrap(PGConnection.class);
        while (closed.getCount() > 0) {
            var heard = notifications.getNotifications((int) SILENCE.toMillis());
            if (heard == null || heard.length == 0) {
                if (!open.isValid((int) ANSWER_TIMEOUT.toSeconds())) {
                    throw new SQLException("the server does not answer");
                }
                continue;
            }
            var runs = new HashSet<RunId>();
            for (var notification : heard) {
                for (var id : notification.getParameter().split(",", -1)) {
                    runs.add(RunId.parse(id));
                }
            }
            var changed = Set.copyOf(runs);
            listeners.forEach(listener -> listener.changed(changed));
        }
    }

    /** Tries until it succeeds, or returns null when the feed is closed meanwhile. */
    private @Nullable Connection reconnect() {
        try {
            while (!closed.await(RECONNECT_DELAY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    return listen();
                } catch (SQLException e) {
                    LOG.debug("cannot listen for events yet", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        var open = connection;
        var running = thread;
        if (open == null || running == null) {
            return;
        }
        try {
            // The thread waits for notifications inside the driver; only the end of the connection wakes it.
            open.abort(Runnable::run);
            running.join(ANSWER_TIMEOUT);
        } catch (SQLException e) {
            LOG.debug("cannot abort the connection that listens for events", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
