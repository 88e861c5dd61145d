package dev.dagkeeper.executors.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executors.shell.OutputFile.Reading;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputFileTest {
    @Test
    void reads_single_lines_several_lines_and_replacements() {
        var text = """
                rows=12
                empty=
                formula=a=b<<c

                report<<END
                first line

                name=not an output
                END
                rows=13
                """;
        assertThat(OutputFile.parse(text))
                .isEqualTo(new Reading.Values(Map.of(
                        "rows", "13",
                        "empty", "",
                        "formula", "a=b<<c",
                        "report", "first line\n\nname=not an output")));
    }

    @Test
    void the_last_line_needs_no_line_end() {
        assertThat(OutputFile.parse("a=1\nb<<X\ntext\nX")).isEqualTo(new Reading.Values(Map.of("a", "1", "b", "text")));
    }

    @Test
    void a_value_of_no_lines_is_empty() {
        assertThat(OutputFile.parse("b<<X\nX\n")).isEqualTo(new Reading.Values(Map.of("b", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "just words, line 1",
        "=value, line 1",
        "Upper=1, line 1",
        "with-dash=1, line 1",
        "ok=1||broken, line 3",
        "a<<END|text, line 1",
        "a<<, line 1",
    })
    void a_broken_line_is_named(String text, String where) {
        assertThat(OutputFile.parse(text.replace('|', '\n')))
                .isInstanceOfSatisfying(
                        Reading.Broken.class,
                        broken -> assertThat(broken.message()).contains("$DAGKEEPER_OUTPUT " + where + ":"));
    }
}
