package dev.dagkeeper.api.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final String UP = "\u001b[%dA\r";

    @Test
    void first_picture_moves_nothing() {
        assertThat(new Screen().show(List.of("a", "b"), 80)).isEqualTo("a\u001b[K\nb\u001b[K\n\u001b[J");
    }

    @Test
    void next_picture_starts_where_the_last_one_did() {
        var screen = new Screen();
        screen.show(List.of("a", "b", "c"), 80);

        assertThat(screen.show(List.of("x"), 80)).startsWith(UP.formatted(3)).endsWith("\u001b[J");
    }

    @Test
    void lines_that_a_narrower_terminal_wrapped_count_as_the_rows_they_take() {
        var screen = new Screen();
        screen.show(List.of("x".repeat(50), "\u001b[31m" + "y".repeat(20) + "\u001b[0m"), 80);

        assertThat(screen.show(List.of("z"), 20)).startsWith(UP.formatted(4));
    }

    @Test
    void never_clears_the_screen() {
        var screen = new Screen();
        screen.show(List.of("a"), 80);

        assertThat(screen.show(List.of("b"), 80)).doesNotContain("\u001b[2J").doesNotContain("\u001b[H");
    }
}
