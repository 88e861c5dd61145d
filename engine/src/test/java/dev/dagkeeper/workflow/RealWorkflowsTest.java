package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Workflows of scientific grids, where this checkout has them beside it. */
class RealWorkflowsTest {
    private static final Path REAL = Path.of("../../shared/real");

    @Test
    void every_real_workflow_is_accepted() throws IOException {
        assumeTrue(Files.isDirectory(REAL), "no " + REAL);
        var compiler = new YamlWorkflowCompiler(TestTypes.all(), Limits.DEFAULT);
        try (Stream<Path> files = Files.list(REAL)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                var result = compiler.compile(file.toString(), Files.readAllBytes(file));
                assertThat(result).as(file.toString()).isInstanceOf(WorkflowCompiler.Compilation.Accepted.class);
            }
        }
    }
}
