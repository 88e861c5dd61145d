package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.SettingsStore.SettingsVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

class SettingsStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private final SettingsStore store = POSTGRES.open(Role.API).settings();

    @BeforeEach
    void empty() {
        POSTGRES.execute("DELETE FROM config WHERE version > 1");
    }

    private static Map<String, JsonNode> slots(int slots) {
        return Map.of("worker.slots", IntNode.valueOf(slots), "log.level", StringNode.valueOf("info"));
    }

    @Test
    void the_defaults_are_the_first_version() {
        var first = store.current();
        assertThat(first.number()).isEqualTo(1);
        assertThat(first.settings()).isEmpty();
        assertThat(store.find(1)).contains(first);
        assertThat(store.find(2)).isEmpty();
    }

    @Test
    void a_new_version_takes_the_place_of_the_one_it_names() {
        var second = store.append(1, slots(8), "ann", "more room").orElseThrow();
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.settings()).isEqualTo(slots(8));
        assertThat(second.changedBy()).isEqualTo("ann");
        assertThat(second.note()).isEqualTo("more room");
        assertThat(store.current()).isEqualTo(second);

        assertThat(store.append(1, slots(9), "bob", "")).isEmpty();
        assertThat(store.append(3, slots(9), "bob", "")).isEmpty();
        assertThat(store.current()).isEqualTo(second);
    }

    @Test
    void the_history_is_told_newest_first_and_page_by_page() {
        for (var version = 1; version < 5; version++) {
            store.append(version, slots(version), "ann", "");
        }
        assertThat(numbers(store.history(Optional.empty(), 2))).containsExactly(5L, 4L);
        assertThat(numbers(store.history(Optional.of(4L), 10))).containsExactly(3L, 2L, 1L);
    }

    private static List<Long> numbers(List<SettingsVersion> versions) {
        return versions.stream().map(SettingsVersion::number).toList();
    }

    @Test
    void of_writers_that_come_at_once_exactly_one_wins() throws Exception {
        try (var threads = Executors.newFixedThreadPool(5)) {
            for (var round = 1; round <= 20; round++) {
                long replaced = round;
                var writers = IntStream.range(0, 5)
                        .<Callable<Optional<SettingsVersion>>>mapToObj(
                                writer -> () -> store.append(replaced, slots(writer + 1), "writer " + writer, ""))
                        .toList();
                var winners = 0;
                for (var outcome : threads.invokeAll(writers)) {
                    winners += outcome.get().isPresent() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
                assertThat(store.current().number()).isEqualTo(replaced + 1);
            }
        }
    }
}
