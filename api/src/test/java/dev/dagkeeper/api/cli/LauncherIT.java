package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a process, on the distribution that this build made. */
class LauncherIT {
    private static final Path LAUNCHER = Path.of("..", "dagkeeper");
    private static final Path LIB = Path.of("target", "dagkeeper", "lib");

    @TempDir
    private Path directory;

    private Path home = Path.of("");

    @BeforeEach
    void install_where_the_path_has_blanks() throws IOException {
        home = Files.createDirectories(directory.resolve("a path/with blanks"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(LAUNCHER, home.resolve("bin/dagkeeper"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(home.resolve("lib"), LIB.toRealPath());
        // As if it had been prepared for this JDK: that takes long, and has its effect only on time.
        Files.createDirectories(home.resolve("fast"));
        Files.writeString(home.resolve("fast/jdk"), System.getProperty("java.home") + "\n");
    }

    @Test
    void starts_from_a_path_with_blanks_and_through_links() throws Exception {
        var link = Files.createSymbolicLink(directory.resolve("a link"), home.resolve("bin/dagkeeper"));
        var linkToLink = Files.createSymbolicLink(directory.resolve("dk"), Path.of("a link"));

        for (var command : List.of(home.resolve("bin/dagkeeper"), link, linkToLink)) {
            var run = run(Map.of(), command.toString(), "version");
            assertThat(run.code()).as("%s", run).isZero();
            assertThat(run.out()).startsWith("dagkeeper ").contains("(Java ");
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void exit_codes_and_arguments_pass_through() throws Exception {
        var bad = Files.writeString(directory.resolve("a bad one.yaml"), "version: 1\nname: x\ncolour: red\n");
        var run = run(Map.of(), home.resolve("bin/dagkeeper").toString(), "validate", bad.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("a bad one.yaml:3:1: error E");
    }

    @Test
    void without_a_jdk_it_says_what_it_looked_for() throws Exception {
        var launcher = Files.readString(LAUNCHER);
        // This machine has a JDK there, or the build would not run.
        var blind = launcher.replace("/usr/lib/jvm/*", "/nonexistent/*");
        assertThat(blind).isNotEqualTo(launcher);
        Files.writeString(home.resolve("bin/dagkeeper"), blind);
        var tools = Files.createDirectories(directory.resolve("tools"));
        for (var tool : List.of("sh", "dirname", "readlink")) {
            Files.createSymbolicLink(tools.resolve(tool), which(tool));
        }
        var run = run(
                Map.of("PATH", tools.toString(), "JAVA_HOME", "/nonexistent/java", "HOME", directory.toString()),
                home.resolve("bin/dagkeeper").toString(),
                "version");

        assertThat(run.code()).isEqualTo(70);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("no JDK 25 or newer was found")
                .contains("JAVA_HOME            /nonexistent/java")
                .contains("DAGKEEPER_JAVA_HOME");
    }

    @Test
    void a_jdk_that_is_too_old_is_passed_over() throws Exception {
        var old = Files.createDirectories(directory.resolve("jdk17/bin"));
        Files.copy(which("true"), old.resolve("java"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(directory.resolve("jdk17/release"), "JAVA_VERSION=\"17.0.1\"\n");
        var run = run(
                Map.of(
                        "JAVA_HOME", directory.resolve("jdk17").toString(),
                        "DAGKEEPER_JAVA_HOME", System.getProperty("java.home")),
                home.resolve("bin/dagkeeper").toString(),
                "version");

        assertThat(run.code()).as("%s", run).isZero();
        assertThat(run.out()).contains("(Java 2");
    }

    private static Path which(String tool) {
        return List.of("/bin", "/usr/bin").stream()
                .map(place -> Path.of(place, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    private CommandRun run(Map<String, String> variables, String... command) throws IOException, InterruptedException {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("DAGKEEPER_JAVA_OPTS");
        builder.environment().putAll(variables);
        var process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new CommandRun(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
