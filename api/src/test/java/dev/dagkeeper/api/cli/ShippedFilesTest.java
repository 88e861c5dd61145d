package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedFilesTest {
    @TempDir
    private Path root;

    private Path workflow = Path.of("");

    @BeforeEach
    void lay_out_files() throws IOException {
        var directory = Files.createDirectories(root.resolve("flow"));
        Files.createDirectories(directory.resolve("data/deep"));
        Files.writeString(directory.resolve("data/a.csv"), "a");
        Files.writeString(directory.resolve("data/b.csv"), "b");
        Files.writeString(directory.resolve("data/deep/c.csv"), "c");
        Files.writeString(directory.resolve("run.sh"), "true");
        Files.writeString(root.resolve("secret"), "s");
        workflow = Files.writeString(directory.resolve("flow.yaml"), "x");
    }

    @Test
    void finds_paths_directories_and_globs() throws IOException {
        assertThat(find("run.sh")).containsExactly("run.sh");
        assertThat(find("data")).containsExactly("data/a.csv", "data/b.csv", "data/deep/c.csv");
        assertThat(find("data/*.csv")).containsExactly("data/a.csv", "data/b.csv");
        assertThat(find("data/**.csv", "run.sh"))
                .containsExactly("data/a.csv", "data/b.csv", "data/deep/c.csv", "run.sh");
    }

    @Test
    void nothing_from_outside_the_directory_is_shipped() throws IOException {
        Files.createSymbolicLink(root.resolve("flow/data/link.csv"), root.resolve("secret"));
        Files.createSymbolicLink(root.resolve("flow/out"), root);

        for (var pattern :
                List.of("../secret", "/etc/passwd", "data/../../secret", "data/*.csv", "data", "out/secret")) {
            assertThatThrownBy(() -> find(pattern))
                    .as(pattern)
                    .hasMessageContaining("outside the workflow's directory");
        }
    }

    @Test
    void a_link_within_the_directory_may_be_shipped() throws IOException {
        Files.createSymbolicLink(root.resolve("flow/link.csv"), Path.of("data/a.csv"));

        assertThat(find("link.csv")).containsExactly("link.csv");
    }

    @Test
    void what_is_not_there_is_an_error() {
        assertThatThrownBy(() -> find("nothing.txt")).hasMessageContaining("there is no 'nothing.txt'");
        assertThatThrownBy(() -> find("*.txt")).hasMessageContaining("nothing matches '*.txt'");
    }

    @Test
    void more_than_32_mib_is_an_error() throws IOException {
        try (var file = Files.newByteChannel(
                root.resolve("flow/large"),
                java.nio.file.StandardOpenOption.CREATE_NEW,
                java.nio.file.StandardOpenOption.WRITE,
                java.nio.file.StandardOpenOption.SPARSE)) {
            file.position(32L * 1024 * 1024).write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        assertThatThrownBy(() -> find("large")).hasMessageContaining("more than 32 MiB");
    }

    private List<String> find(String... patterns) throws IOException {
        return List.copyOf(
                ShippedFiles.find(workflow, List.of(patterns)).paths().keySet());
    }
}
