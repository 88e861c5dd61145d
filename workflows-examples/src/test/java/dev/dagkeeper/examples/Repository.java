package dev.dagkeeper.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where things lie in the source tree; tests run in the directory of their module. */
final class Repository {
    static final Path EXAMPLES = Path.of("").toAbsolutePath();
    static final Path ROOT = EXAMPLES.resolveSibling(".").normalize();
    /** Workflows that ran on a grid once, recorded; not part of this repository. */
    static final Path RECORDED = ROOT.resolveSibling("shared").resolve("real");

    private Repository() {}

    /** Every example, by name. */
    static List<Path> workflows() throws IOException {
        return yaml(EXAMPLES);
    }

    /** The files of a directory that end with {@code .yaml}, by name. */
    static List<Path> yaml(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** Without directory and ending. */
    static String name(Path workflow) {
        return String.valueOf(workflow.getFileName()).replace(".yaml", "");
    }
}
