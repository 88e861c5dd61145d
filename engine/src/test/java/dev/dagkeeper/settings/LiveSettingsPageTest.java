package dev.dagkeeper.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md against the live settings: every one has its row, and no row is of none. */
class LiveSettingsPageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void the_page_has_exactly_the_live_settings_there_are() throws IOException {
        var rows = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("## Live settings"))
                .takeWhile(line -> !line.equals("## Stores in the open"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        LiveKeys.ALL.stream().map(LiveSettingsPageTest::row).toList());
    }

    private static String row(LiveKey key) {
        var fallback = key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "`";
        var values = switch (key.values()) {
            case LiveKey.Values.Numbers(int least, int most) -> least + " to " + most;
            case LiveKey.Values.Words(var words) -> "`" + String.join("`, `", words) + "`";
        };
        return "| `%s` | %s | %s | %s |".formatted(key.text(), fallback, values, key.meaning());
    }
}
