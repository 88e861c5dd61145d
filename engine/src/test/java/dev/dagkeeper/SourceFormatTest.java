package dev.dagkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds every Java source of every module to one format. It is a test and not a Maven plugin because the formatter
 * parses with the compiler of the JVM it runs in: Maven's own JDK 17 cannot read Java 25, the tests' JDK can.
 *
 * <p>To apply the format: {@code mvn -q -pl engine test -Dtest=SourceFormatTest -Dformat=apply}.
 */
class SourceFormatTest {
    private static final boolean APPLY = "apply".equals(System.getProperty("format"));

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    @Test
    void every_source_is_formatted() throws IOException, FormatterException {
        var unformatted = new ArrayList<Path>();
        for (var source : sources()) {
            var text = Files.readString(source);
            var formatted = format(text);
            if (formatted.equals(text)) {
                continue;
            }
            if (APPLY) {
                Files.writeString(source, formatted);
            } else {
                unformatted.add(source);
            }
        }
        assertThat(unformatted)
                .as("not formatted; run: mvn -q -pl engine test -Dtest=SourceFormatTest -Dformat=apply")
                .isEmpty();
    }

    private String format(String text) throws FormatterException {
        var tidied = RemoveUnusedImports.removeUnusedImports(text);
        return formatter.formatSource(ImportOrderer.reorderImports(tidied, JavaFormatterOptions.Style.PALANTIR));
    }

    private static List<Path> sources() throws IOException {
        var root = Path.of("..").toRealPath();
        var sources = new ArrayList<Path>();
        for (var module : List.of("engine", "executors", "api", "workflows-examples")) {
            var src = root.resolve(module).resolve("src");
            if (!Files.isDirectory(src)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(src)) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }
}
