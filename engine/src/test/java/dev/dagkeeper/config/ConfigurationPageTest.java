package dev.dagkeeper.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md against the settings: every one has its row, and no row is of none. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void the_page_has_exactly_the_settings_there_are() throws IOException {
        var rows = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("## Settings"))
                .takeWhile(line -> !line.equals("## Live settings"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        var expected = new ArrayList<>(List.of(
                "| `data-dir` (not in the file) | `--data-dir` | `DAGKEEPER_DATA_DIR` | `$XDG_DATA_HOME/dagkeeper` | where"
                        + " embedded stores live and where a local server is found |",
                "| `config` (not in the file) | `--config` | `DAGKEEPER_CONFIG` | `dagkeeper.yaml` in the data directory |"
                        + " the file to read; one that is named must be there |"));
        Keys.ALL.forEach(key -> expected.add(row(key)));
        assertThat(rows).containsExactlyElementsOf(expected);
    }

    private static String row(Key<?> key) {
        return "| `%s` | %s | `%s` | %s | %s |"
                .formatted(key.path(), code(key.flag()), key.env(), code(key.defaultText()), key.meaning());
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
