package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {
    @Test
    void same_texts_have_no_difference() {
        assertThat(new LineDiff(List.of("a", "b"), List.of("a", "b")).lines()).isEmpty();
    }

    @Test
    void shows_a_change_with_three_lines_around_it() {
        var from = IntStream.rangeClosed(1, 9).mapToObj(Integer::toString).toList();
        var to = new ArrayList<>(from);
        to.set(4, "five");

        assertThat(new LineDiff(from, to).lines())
                .containsExactly("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8");
    }

    @Test
    void added_and_removed_lines_are_exactly_what_turns_one_text_into_the_other() {
        for (var seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var from = words(random);
            var to = words(random);
            var lines = new LineDiff(from, to).lines();

            assertThat(kept(lines, '-', from)).as("seed %d", seed).isEqualTo(kept(lines, '+', to));
        }
    }

    /** What is left of a text without the lines that the difference takes from it or adds to it. */
    private static List<String> kept(List<String> difference, char sign, List<String> text) {
        var rest = new ArrayList<>(text);
        difference.stream()
                .filter(line -> line.charAt(0) == sign)
                .forEach(line -> assertThat(rest.remove(line.substring(1))).isTrue());
        return rest.stream().sorted().toList();
    }

    private static List<String> words(Random random) {
        return random.ints(random.nextInt(15), 0, 5).mapToObj(Integer::toString).toList();
    }
}
