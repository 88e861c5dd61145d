package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
    private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
    private final AtomicReference<Instant> database = new AtomicReference<>(START);
    private final AtomicInteger readings = new AtomicInteger();
    private final DatabaseClock clock = new DatabaseClock(this::readDatabase, nanos::get);

    private Instant readDatabase() {
        readings.incrementAndGet();
        return database.get();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void time_goes_on_between_readings() {
        var before = readings.get();
        assertThat(clock.instant()).isEqualTo(START);
        pass(Duration.ofSeconds(59));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(59));
        assertThat(readings).hasValue(before);
    }

    @Test
    void it_is_read_again_after_a_minute_in_the_background() {
        var before = readings.get();
        pass(Duration.ofSeconds(61));
        database.set(START.plusSeconds(100));
        assertThat(clock.instant()).as("without waiting").isEqualTo(START.plusSeconds(61));
        Awaitility.await().until(() -> clock.instant().equals(START.plusSeconds(100)));
        assertThat(readings).hasValueGreaterThan(before);
    }

    @Test
    void it_never_goes_back() {
        pass(Duration.ofSeconds(61));
        var before = readings.get();
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(61));
        // The database's clock has been put back by a minute meanwhile.
        Awaitility.await().until(() -> readings.get() >= before + 3);
        pass(Duration.ofSeconds(1));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(61));
    }

    @Test
    void it_goes_on_when_the_database_is_away() {
        var away = new DatabaseClock(
                () -> {
                    if (readings.incrementAndGet() > 6) {
                        throw new StoreException("away");
                    }
                    return START;
                },
                nanos::get);
        pass(Duration.ofSeconds(61));
        assertThat(away.instant()).isEqualTo(START.plusSeconds(61));
        Awaitility.await().until(() -> readings.get() > 6);
        pass(Duration.ofSeconds(10));
        assertThat(away.instant()).isEqualTo(START.plusSeconds(71));
    }

    @Test
    void it_counts_in_microseconds() {
        pass(Duration.ofNanos(1_999));
        assertThat(clock.instant()).isEqualTo(START.plusNanos(1_000));
    }
}
