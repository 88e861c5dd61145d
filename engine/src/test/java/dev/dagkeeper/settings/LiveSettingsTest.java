package dev.dagkeeper.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LiveSettingsTest {
    private static Map<String, JsonNode> document(String json) {
        var members = new TreeMap<String, JsonNode>();
        JsonMapper.shared()
                .readTree(json)
                .properties()
                .forEach(member -> members.put(member.getKey(), member.getValue()));
        return members;
    }

    private static List<String> problems(String json) {
        return LiveKeys.check(document(json)).stream()
                .map(SettingProblem::toString)
                .toList();
    }

    @Test
    void every_setting_is_read() {
        var settings = LiveSettings.of(document("""
                {"worker.slots": 32, "worker.slots.w-1.example": 8, "dispatch.prefetch": 0, "dispatch.max-steps": 500,
                 "retention.days": 90, "log.level": "debug", "pools.db": 2, "pools.closed": 0}
                """));
        assertThat(settings)
                .isEqualTo(new LiveSettings(
                        OptionalInt.of(32),
                        Map.of("w-1.example", 8),
                        0,
                        OptionalInt.of(500),
                        OptionalInt.of(90),
                        Optional.of(LogLevel.DEBUG),
                        Map.of("db", 2, "closed", 0)));
    }

    @Test
    void nothing_set_means_the_documented_defaults() {
        assertThat(LiveSettings.DEFAULT)
                .isEqualTo(new LiveSettings(
                        OptionalInt.empty(),
                        Map.of(),
                        3,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Map.of()));
        assertThat(LiveSettings.of(document("{\"dispatch.max-steps\": 0, \"retention.days\": 0}")))
                .isEqualTo(LiveSettings.DEFAULT);
    }

    @Test
    void the_slots_of_one_name_go_before_those_of_all_and_both_before_what_the_worker_was_started_with() {
        var settings = LiveSettings.of(document("{\"worker.slots\": 32, \"worker.slots.small\": 2}"));
        assertThat(settings.slotsOf("small", 16)).isEqualTo(2);
        assertThat(settings.slotsOf("other", 16)).isEqualTo(32);
        assertThat(LiveSettings.DEFAULT.slotsOf("other", 16)).isEqualTo(16);
    }

    @Test
    void unknown_settings_are_refused_with_what_was_meant() {
        assertThat(problems("{\"worker.slot\": 1}"))
                .containsExactly("worker.slot: there is no such live setting; did you mean 'worker.slots'?");
        assertThat(problems("{\"pool.db\": 1}"))
                .containsExactly("pool.db: there is no such live setting; did you mean 'pools.db'?");
        assertThat(problems("{\"colour\": 1}").getFirst()).contains("there are worker.slots, worker.slots.NAME");
        assertThat(problems("{\"pools\": 1}").getFirst()).contains("no such live setting");
        assertThat(problems("{\"pools.\": 1, \"pools.Big Pool\": 1}"))
                .allSatisfy(problem -> assertThat(problem).contains("expected the name of a pool in snake_case"));
    }

    @Test
    void values_out_of_range_or_of_another_kind_are_refused() {
        assertThat(problems("{\"worker.slots\": 0}"))
                .containsExactly("worker.slots: expected a whole number from 1 to 10000, found 0");
        for (var wrong : List.of(
                "{\"worker.slots\": 10001}",
                "{\"worker.slots\": \"8\"}",
                "{\"worker.slots\": 1.5}",
                "{\"worker.slots\": null}",
                "{\"worker.slots\": 99999999999999999999}",
                "{\"worker.slots.w\": 0}",
                "{\"dispatch.prefetch\": -1}",
                "{\"dispatch.max-steps\": 1000001}",
                "{\"retention.days\": -1}",
                "{\"log.level\": \"INFO\"}",
                "{\"log.level\": 3}",
                "{\"pools.db\": -1}")) {
            assertThat(problems(wrong)).as(wrong).hasSize(1);
        }
    }

    @Test
    void what_another_version_of_the_program_wrote_does_not_spoil_the_rest() {
        var settings = LiveSettings.of(document("{\"worker.slots\": 0, \"pools.db\": 2, \"gravity\": \"on\"}"));
        assertThat(settings.slots()).isEmpty();
        assertThat(settings.pools()).isEqualTo(Map.of("db", 2));
    }
}
