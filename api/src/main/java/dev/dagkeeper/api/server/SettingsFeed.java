package dev.dagkeeper.api.server;

import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.history.SettingsStore;
import dev.dagkeeper.history.SettingsStore.SettingsVersion;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.settings.LiveKeys;
import dev.dagkeeper.settings.LiveSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live settings as this process has them. Postgres has what holds; it is read when the bell rings, after each reconnect,
 * and from time to time in case a ring was lost. Thread-safe.
 */
final class SettingsFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SettingsFeed.class);

    /** Between two looks without a ring. */
    private static final Duration WITH_BELL = Duration.ofSeconds(30);

    private static final Duration WITHOUT_BELL = Duration.ofSeconds(2);

    /** When Postgres did not answer. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final SettingsStore store;
    private final List<Consumer<LiveSettings>> listeners = new CopyOnWriteArrayList<>();
    private final Semaphore wakings = new Semaphore(0);
    private final Duration interval;
    private final @Nullable TreeWatch watch;
    private final Thread thread;
    private volatile boolean closed;
    private volatile SettingsVersion version;
    private volatile LiveSettings settings;

    /**
     * Reads what holds now, and goes on.
     *
     * @param zooKeeper absent in a process that has none
     * @throws StoreException when Postgres does not answer now
     */
    SettingsFeed(SettingsStore store, Optional<? extends Coordination> zooKeeper) {
        this.store = store;
        version = store.current();
        settings = read(version);
        interval = zooKeeper.isPresent() ? WITH_BELL : WITHOUT_BELL;
        watch = zooKeeper
                .map(connection -> new Bells(connection).listen(Bells.SETTINGS, this::look))
                .orElse(null);
        thread = Thread.ofPlatform().name("settings").daemon().start(this::run);
    }

    /** As they are known now. */
    LiveSettings now() {
        return settings;
    }

    /** Calls back with the settings, now and, on the feed's thread, which it must not block for long, with others. */
    void listen(Consumer<LiveSettings> listener) {
        listeners.add(listener);
        listener.accept(settings);
    }

    /** There may be another version. */
    void look() {
        wakings.release();
    }

    private void run() {
        var wait = interval;
        try {
            while (!closed) {
                if (wakings.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    wakings.drainPermits();
                }
                wait = closed || update() ? interval : AGAIN;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean update() {
        try {
            var current = store.current();
            if (current.number() != version.number()) {
                apply(current);
            }
            return true;
        } catch (StoreException e) {
            log.debug("the live settings could not be read", e);
            return false;
        }
    }

    private void apply(SettingsVersion current) {
        version = current;
        settings = read(current);
        for (var listener : listeners) {
            try {
                listener.accept(settings);
            } catch (RuntimeException e) {
                log.error("error of the program, please report it: settings not applied", e);
            }
        }
        log.info(
                "live settings applied version={} by={} settings={}",
                current.number(),
                current.changedBy(),
                current.settings());
    }

    private static LiveSettings read(SettingsVersion version) {
        LiveKeys.check(version.settings())
                .forEach(problem -> log.warn(
                        "a live setting is of another version of the program and has no effect version={} {}",
                        version.number(),
                        problem));
        return LiveSettings.of(version.settings());
    }

    @Override
    public void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
        wakings.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
