package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CodeTest {
    private static final Pattern ROW = Pattern.compile("\\| ([EW][0-9]{4}) \\| (.+?) \\| (.+) \\|");

    @Test
    void the_table_of_codes_has_exactly_the_codes_there_are() throws IOException {
        var documented = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(Path.of("../docs/errors.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2));
            }
        }
        var known = new LinkedHashMap<String, String>();
        Arrays.stream(Code.values()).forEach(code -> known.put(code.id(), code.meaning()));
        assertThat(known).hasSize(Code.values().length);
        assertThat(documented).containsExactlyEntriesOf(known);
    }
}
