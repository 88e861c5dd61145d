package dev.dagkeeper.alert;

import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.AlertStore.Delivery;
import dev.dagkeeper.history.AlertStore.State;
import dev.dagkeeper.history.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends alerts, in the process that leads; a thread for each channel, so that one which hangs holds up no other. At least once: a
 * delivery that was taken and not settled is due again after a while, here or wherever is led then. Thread-safe.
 */
public final class AlertSender implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertSender.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Where nothing is sent, alerts are only marked as listed. */
    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(10);

    /** Longer than any channel tries. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final long CLOSING_MILLIS = 5_000;

    private final AlertStore store;
    private final List<Channel> channels;
    private final List<String> names;
    private final Backoff backoff;
    private final BooleanSupplier leads;
    private final MeterRegistry meters;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong dead = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts sending.
     *
     * @param clock for the times that receivers compare with theirs
     * @param leads whether this process leads now
     */
    public AlertSender(
            AlertStore store,
            AlertSettings settings,
            Backoff backoff,
            InstantSource clock,
            BooleanSupplier leads,
            MeterRegistry meters) {
        this(store, settings, backoff, INTERVAL, clock, leads, meters);
    }

    /** @param interval between two looks at what is due */
    AlertSender(
            AlertStore store,
            AlertSettings settings,
            Backoff backoff,
            Duration interval,
            InstantSource clock,
            BooleanSupplier leads,
            MeterRegistry meters) {
        this.store = store;
        this.backoff = backoff;
        this.leads = leads;
        this.meters = meters;
        channels = settings.channels(clock);
        names = channels.stream().map(Channel::name).toList();
        gauge("pending", pending);
        gauge("dead", dead);
        if (channels.isEmpty()) {
            start("alerts", IDLE_INTERVAL, this::route);
        }
        for (var channel : channels) {
            start("alerts-" + channel.name(), interval, () -> serve(channel));
        }
    }

    private void gauge(String state, AtomicLong value) {
        Gauge.builder("dagkeeper.alerts", value, AtomicLong::doubleValue)
                .description("deliveries of alerts by state, as the process that leads sees them")
                .tag("state", state)
                .register(meters);
    }

    private void start(String name, Duration interval, Work work) {
        threads.add(Thread.ofPlatform().name(name).daemon().start(() -> run(name, interval, work)));
    }

    private interface Work {
        void round() throws InterruptedException;
    }

    private void run(String name, Duration interval, Work work) {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    if (leads.getAsBoolean()) {
                        work.round();
                    } else {
                        pending.set(0);
                        dead.set(0);
                    }
                } catch (StoreException e) {
                    log.warn("{}: tried again shortly: {}", name, e.getMessage());
                } catch (RuntimeException e) {
                    log.error("{}: an error of the program, please report it; tried again shortly", name, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void route() {
        store.route(names);
        var counts = store.counts();
        pending.set(counts.getOrDefault(State.PENDING, 0L));
        dead.set(counts.getOrDefault(State.DEAD, 0L));
    }

    private void serve(Channel channel) throws InterruptedException {
        route();
        var due = next(channel);
        while (due.isPresent()) {
            send(channel, due.get());
            due = next(channel);
        }
    }

    private Optional<Delivery> next(Channel channel) {
        return closed.getCount() > 0 && leads.getAsBoolean() ? store.take(channel.name(), LEASE) : Optional.empty();
    }

    private void send(Channel channel, Delivery delivery) throws InterruptedException {
        var id = delivery.alert().id();
        if (delivery.attempt() > backoff.tries()) {
            // Whoever tried it did not come to say so: it must not take down one sender after another.
            store.failed(delivery, "given up: the last tries did not come to an end", Optional.empty());
            count(channel, "dead");
            return;
        }
        try {
            channel.send(delivery.alert());
        } catch (UndeliveredException e) {
            var why = String.valueOf(e.getMessage());
            var again = backoff.after(delivery.attempt());
            count(channel, again.isPresent() ? "failed" : "dead");
            log.warn(
                    "alert not sent alert={} channel={} attempt={} again={}: {}",
                    id,
                    channel.name(),
                    delivery.attempt(),
                    again.map(Duration::toString).orElse("never, unless it is asked for"),
                    why);
            store.failed(delivery, why, again);
            return;
        }
        count(channel, "sent");
        log.info("alert sent alert={} channel={} attempt={}", id, channel.name(), delivery.attempt());
        store.sent(delivery);
    }

    private void count(Channel channel, String outcome) {
        Counter.builder("dagkeeper.alert.deliveries")
                .description(
                        "tries to send an alert, by channel and by what came of them; of outcome dead are the last ones")
                .tag("channel", channel.name())
                .tag("outcome", outcome)
                .register(meters)
                .increment();
    }

    /** Ends it at once; what is on its way may be sent again by another. */
    @Override
    public void close() {
        closed.countDown();
        threads.forEach(Thread::interrupt);
        try {
            for (var thread : threads) {
                thread.join(CLOSING_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.forEach(Channel::close);
    }
}
