package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void columns_are_as_wide_as_their_content() {
        var table = new Table("STEP", "STATE");
        table.row("extract", "succeeded");
        table.row("b", "");

        assertThat(table.lines()).containsExactly("STEP     STATE", "extract  succeeded", "b");
    }

    @Test
    void a_cell_cannot_break_its_line_or_command_the_terminal() {
        var table = new Table("A");
        table.row("one\ntwo\u001b[2J");

        assertThat(table.lines()).containsExactly("A", "one two [2J");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0s", "950, 0.9s", "12000, 12s", "185000, 3m05s", "7800000, 2h10m", "273600000, 3d4h", "-5, 0.0s"})
    void durations_are_short(long millis, String text) {
        assertThat(Times.text(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
