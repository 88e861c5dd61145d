package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RunIdsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:30:00.123Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final RunIds ids = new RunIds(now::get);

    @Test
    void an_id_is_a_uuid_of_version_7_with_its_time() {
        var id = ids.next().value();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void each_is_greater_than_the_one_before_also_when_the_clock_goes_back() {
        var made = new ArrayList<RunId>();
        for (var i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                now.set(NOW.minusSeconds(3600));
            }
            made.add(ids.next());
        }
        assertThat(made).isSorted();
        assertThat(new HashSet<>(made)).hasSize(made.size());
    }

    @Test
    void ids_of_two_processes_differ() {
        assertThat(ids.next()).isNotEqualTo(new RunIds(now::get).next());
    }
}
