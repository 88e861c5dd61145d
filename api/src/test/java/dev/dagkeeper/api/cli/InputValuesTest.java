package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputValuesTest {
    @TempDir
    private Path directory;

    @Test
    void single_values_stay_the_text_they_were_written_as() throws IOException {
        assertThat(read("a: NO\nb: 010\nc: 1.10\nd: 'x'\ne: 2026-01-01\n", List.of()))
                .isEqualTo("{\"a\":\"NO\",\"b\":\"010\",\"c\":\"1.10\",\"d\":\"x\",\"e\":\"2026-01-01\"}");
    }

    @Test
    void values_in_lists_and_maps_are_json_where_they_can_be() throws IOException {
        assertThat(read("a: [1, x, '2', 010, true]\nb: {c: null, d: [2.5]}\n", List.of()))
                .isEqualTo("{\"a\":[1,\"x\",\"2\",\"010\",true],\"b\":{\"c\":null,\"d\":[2.5]}}");
    }

    @Test
    void pairs_win_over_the_file_and_may_hold_equals_signs() throws IOException {
        assertThat(read("a: 1\nb: 2\n", List.of("a=x=y", "c="))).isEqualTo("{\"a\":\"x=y\",\"b\":\"2\",\"c\":\"\"}");
    }

    @Test
    void what_is_no_map_of_inputs_is_refused_with_its_place() {
        assertThatThrownBy(() -> read("- a\n", List.of())).hasMessageContaining("expected a map of inputs");
        assertThatThrownBy(() -> read("a: 1\na: 2\n", List.of()))
                .hasMessageContaining("inputs.yaml:2:1: 'a' is given twice");
        assertThatThrownBy(() -> read("", List.of("novalue"))).hasMessageContaining("expected NAME=VALUE");
        assertThatThrownBy(() -> read("a: [", List.of())).hasMessageContaining("is not YAML");
    }

    private String read(String yaml, List<String> pairs) throws IOException {
        Files.writeString(directory.resolve("inputs.yaml"), yaml);
        var nowhere = new PrintStream(PrintStream.nullOutputStream());
        var environment = new Environment(nowhere, nowhere, Map.of(), directory, InstantSource.system(), false);
        return InputValues.read(environment, pairs, Optional.of("inputs.yaml")).toString();
    }
}
