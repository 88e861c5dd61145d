package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerInfoTest {
    @Test
    void an_announcement_is_read_as_it_was_written() {
        var info = new WorkerInfo(
                "w",
                "p",
                16,
                List.of("default", "gpu"),
                new WorkerInfo.Offer(3.5, 8L << 30, Map.of("gpu", "a100"), Optional.of("north")),
                "1");
        assertThat(WorkerInfo.parse(new String(info.toJson(), StandardCharsets.UTF_8)))
                .isEqualTo(info);
        assertThat(WorkerInfo.parse(new String(info.whenStopping().toJson(), StandardCharsets.UTF_8)))
                .isEqualTo(info.whenStopping())
                .isNotEqualTo(info);
    }

    @Test
    void an_older_worker_offers_slots_only() {
        assertThat(WorkerInfo.parse(
                        "{\"name\":\"w\",\"process\":\"p\",\"slots\":2,\"queues\":[\"q\"],\"version\":\"0\"}"))
                .isEqualTo(old("p", 2, List.of("q"), "0"));
        assertThat(WorkerInfo.parse("{\"name\":\"w\"}")).isEqualTo(old("", 0, List.of(), ""));
    }

    @Test
    void what_a_newer_worker_announces_besides_is_passed_over() {
        assertThat(WorkerInfo.parse("{\"name\":\"w\",\"slots\":2,\"gpus\":[1,2],\"zone\":null}"))
                .isEqualTo(old("", 2, List.of(), ""));
    }

    @Test
    void something_else_is_refused() {
        for (var text : List.of("", "[]", "{}", "{\"name\":1}", "x")) {
            assertThatThrownBy(() -> WorkerInfo.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a worker's announcement");
        }
    }

    private static WorkerInfo old(String process, int slots, List<String> queues, String version) {
        return new WorkerInfo("w", process, slots, queues, WorkerInfo.Offer.NOTHING, version, 0, false);
    }
}
