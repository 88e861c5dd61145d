package dev.dagkeeper.executors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.executors.StepFixture.Attempt;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** A step type that somebody else wrote, from source to a step that ran. */
class UserStepTypeIT {
    private static final String SOURCE = """
            package acme;

            import dev.dagkeeper.executor.*;
            import dev.dagkeeper.workflow.ValueType;
            import java.util.Map;
            import java.util.Optional;
            import tools.jackson.databind.json.JsonMapper;
            import tools.jackson.databind.node.JsonNodeFactory;
            import tools.jackson.databind.node.ObjectNode;

            public final class GreetExecutor implements Executor {
                @Override
                public StepType type() {
                    var with = (ObjectNode) JsonMapper.shared().readTree("{\\"type\\": \\"object\\"}");
                    return new StepType("greet", Optional.empty(), with, false, Map.of("text", ValueType.Simple.STRING));
                }

                @Override
                public Result run(StepRequest step, StepContext context) {
                    var text = "hello " + step.with().get("name").stringValue();
                    return new Result.Succeeded(Map.of("text", JsonNodeFactory.instance.stringNode(text)));
                }
            }
            """;

    @Test
    void a_jar_on_the_class_path_adds_a_step_type(@TempDir Path directory) throws Exception {
        var jar = jar(directory);
        try (var loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            var catalog = ExecutorCatalog.load(loader);
            assertThat(catalog.types())
                    .extracting(StepType::name)
                    .containsExactly("greet", "http", "noop", "shell", "sql");
            try (var steps = new StepFixture(catalog.find("greet").orElseThrow(), directory)) {
                var ended = steps.run(Attempt.with("{\"name\": \"world\"}"));
                assertThat(ended.succeeded().outputs())
                        .isEqualTo(Map.of("text", JsonNodeFactory.instance.stringNode("hello world")));
            }
        }
    }

    private static Path jar(Path directory) throws IOException {
        var source = Files.createDirectories(directory.resolve("acme")).resolve("GreetExecutor.java");
        Files.writeString(source, SOURCE);
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath, "-proc:none", "-d", directory.toString(), source.toString());
        assertThat(failed).isZero();
        var jar = directory.resolve("greet.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("acme/GreetExecutor.class"));
            out.write(Files.readAllBytes(directory.resolve("acme/GreetExecutor.class")));
            out.putNextEntry(new JarEntry("META-INF/services/dev.dagkeeper.executor.Executor"));
            out.write("acme.GreetExecutor\n".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
