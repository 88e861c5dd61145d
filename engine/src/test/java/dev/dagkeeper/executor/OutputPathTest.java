package dev.dagkeeper.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OutputPathTest {
    private static final Map<String, JsonNode> OFFERED = Map.of(
            "body",
            JsonMapper.shared()
                    .readTree(
                            "{\"items\": [{\"id\": 7}, {\"id\": 8}], \"none\": null, \"a-b\": 1, \"a.b\": {\"c\": 2}}"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "body.items[0].id | 7",
                "body.items[1] | {\"id\":8}",
                "body[\"items\"][1]['id'] | 8",
                "body.none | null",
                "body.a-b | 1",
                "body[\"a.b\"].c | 2"
            })
    void finds_what_it_names(String path, String json) {
        var found = OutputPath.parse(path).orElseThrow().find(OFFERED);
        assertThat(found.map(JsonNode::toString)).contains(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"body.missing", "body.items[2]", "body.items.id", "other", "body.items[0].id.deeper", "body[0]"})
    void what_is_not_there_is_empty(String path) {
        assertThat(OutputPath.parse(path).orElseThrow().find(OFFERED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".body", "body.", "body..x", "[0]", "body[", "body[-1]", "body[x]", "body x", "body[0]id"})
    void anything_else_is_no_path(String text) {
        assertThat(OutputPath.parse(text)).isEqualTo(Optional.empty());
    }

    @Test
    void a_whole_output_is_the_shortest_path() {
        assertThat(OutputPath.parse("body").orElseThrow().find(OFFERED)).contains(OFFERED.get("body"));
    }
}
