package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The real command line in this process, where no server is needed. */
class DagkeeperTest {
    private static final String HELLO = """
            version: 1
            name: hello
            steps:
              greet: {uses: noop}
              bye: {uses: noop, needs: [greet]}
            """;

    @TempDir
    private Path directory;

    @Test
    void unknown_commands_and_options_are_refused_with_a_suggestion() {
        var command = CommandRun.of(directory, "validat", "x.yaml");
        assertThat(command.code()).isEqualTo(2);
        assertThat(command.err()).contains("validat").contains("Did you mean").contains("validate");

        var option = CommandRun.of(directory, "runs", "--limt", "3");
        assertThat(option.code()).isEqualTo(2);
        assertThat(option.err()).contains("--limt").contains("--limit");
    }

    @Test
    void without_a_command_the_help_is_shown_as_an_error() {
        var run = CommandRun.of(directory);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("COMMAND").contains("validate").contains("Exit codes");
    }

    @Test
    void a_defect_of_the_program_is_said_in_words_and_its_details_are_in_a_file() throws IOException {
        var err = new ByteArrayOutputStream();
        var broken = new OutputStream() {
            @Override
            public void write(int octet) {
                throw new IllegalStateException("this command is broken");
            }
        };
        var environment = new Environment(
                new PrintStream(broken, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                directory,
                InstantSource.system(),
                false);

        assertThat(new Dagkeeper(environment).run("version")).isEqualTo(ExitCode.INTERNAL.number());

        var said = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(said).hasSize(2);
        assertThat(said.getFirst())
                .startsWith("dagkeeper: internal error, please report it: ")
                .contains("this command is broken");
        var file = Path.of(said.getLast().substring(said.getLast().lastIndexOf(' ') + 1));
        try {
            assertThat(file).content().contains("this command is broken").contains("at dev.dagkeeper.api.cli.");
            assertThat(Files.getPosixFilePermissions(file))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_has_help(String command) {
        var run = CommandRun.of(directory, command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: dagkeeper " + command);
    }

    static Stream<String> commands() {
        return Commands.NAMES.stream();
    }

    @Test
    void a_valid_workflow_is_accepted() throws IOException {
        var run = CommandRun.of(directory, "validate", write("hello.yaml", HELLO));
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("hello.yaml is valid: hello, 2 steps\n");
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void bad_files_get_a_message_and_exit_code_2(String what, byte[] content, String expected) throws IOException {
        Files.write(directory.resolve("bad.yaml"), content);

        var validated = CommandRun.of(directory, "validate", "bad.yaml");
        assertThat(validated.code()).isEqualTo(2);
        assertThat(validated.err())
                .containsPattern("bad\\.yaml:?.*: error E\\d{4}")
                .containsIgnoringCase(expected);

        var json = CommandRun.of(directory, "validate", "-o", "json", "bad.yaml");
        assertThat(json.code()).isEqualTo(2);
        var result = JsonMapper.shared().readTree(json.out());
        assertThat(result.path("valid").asBoolean(true)).isFalse();
        assertThat(result.path("errors").path(0).path("code").asString("")).matches("E\\d{4}");

        var run = CommandRun.of(directory, "run", "bad.yaml");
        assertThat(run.code()).isEqualTo(2);
        assertThat(directory.resolve("data")).as("nothing is stored").doesNotExist();
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                bad("unknown key", HELLO + "colour: red\n", "colour"),
                bad("duplicate key", HELLO + "name: again\n", "name"),
                bad("cycle", HELLO.replace("greet: {uses: noop}", "greet: {uses: noop, needs: [bye]}"), "->"),
                bad("unknown need", HELLO.replace("[greet]", "[gret]"), "greet"),
                bad("wrong type", HELLO.replace("version: 1", "version: [1]"), "version"),
                bad("bad expression", HELLO.replace("needs: [greet]", "needs: [greet], when: 1 +"), "when"),
                bad("tag", HELLO.replace("name: hello", "name: !!str hello"), "tag"),
                bad("merge key", HELLO.replace("greet: {uses", "greet: {<<: {}, uses"), "merge"),
                bad("two documents", HELLO + "---\n" + HELLO, "document"),
                bad("tab indentation", HELLO.replace("  bye", "\tbye"), "tab"),
                bad("empty file", "", "holds no workflow"),
                Arguments.of("not UTF-8", "name: h\u00e4llo".getBytes(StandardCharsets.ISO_8859_1), "UTF-8"),
                bad("11 MiB", HELLO + "# ".repeat(11 * 512 * 1024), "bytes"),
                bad("alias bomb", bomb(), "alias"));
    }

    private static Arguments bad(String what, String content, String expected) {
        return Arguments.of(what, content.getBytes(StandardCharsets.UTF_8), expected);
    }

    private static String bomb() {
        var text = new StringBuilder("version: 1\nname: bomb\nx-a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 9; level++) {
            text.append("x-a").append(level).append(": &a").append(level).append(" [");
            text.append(("*a" + (level - 1) + ", ").repeat(9))
                    .append("*a")
                    .append(level - 1)
                    .append("]\n");
        }
        return text.append("steps:\n  a: {uses: noop}\n").toString();
    }

    @Test
    void a_missing_file_is_named() {
        for (var command : new String[] {"validate", "run", "graph"}) {
            var run = CommandRun.of(directory, command, "missing.yaml");
            assertThat(run.code()).as(command).isEqualTo(2);
            assertThat(run.err()).contains("cannot read missing.yaml: there is no such file");
        }
    }

    @Test
    void what_changes_something_needs_a_server() throws IOException {
        var file = write("hello.yaml", HELLO);
        for (var arguments :
                new String[][] {{"submit", file}, {"deploy", file}, {"runs", "cancel", "0197"}, {"workers"}}) {
            var run = CommandRun.of(directory, arguments);
            assertThat(run.code()).as(arguments[0]).isEqualTo(8);
            assertThat(run.err()).contains("no server is running on " + directory.resolve("data"));
        }
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void a_server_that_does_not_answer_is_exit_code_8() {
        var run = CommandRun.of(directory, "runs", "--server", "http://127.0.0.1:1");
        assertThat(run.code()).isEqualTo(8);
        assertThat(run.err()).contains("no answer from the server at http://127.0.0.1:1");
    }

    @Test
    void an_address_that_is_none_is_refused() {
        var run = CommandRun.of(directory, Map.of("DAGKEEPER_SERVER", "localhost:80"), "runs");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("expected something like http://127.0.0.1:8080");
    }

    @Test
    void asking_where_nothing_has_run_creates_nothing() {
        var run = CommandRun.of(directory, "status", "@latest");
        assertThat(run.code()).isEqualTo(5);
        assertThat(run.err()).contains("nothing has run there yet");
        assertThat(directory.resolve("data/postgres")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ascii", "mermaid", "dot", "json"})
    void a_graph_has_every_step(String format) throws IOException {
        var run = CommandRun.of(directory, "graph", write("hello.yaml", HELLO), "--format", format);
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("greet").contains("bye");
    }

    @Test
    void a_graph_that_is_too_large_to_draw_names_the_way_out() throws IOException {
        var text = new StringBuilder("version: 1\nname: wide\nsteps:\n");
        for (var i = 0; i < 200; i++) {
            text.append("  step_").append(i).append(": {uses: noop}\n");
        }
        var run = CommandRun.of(directory, "graph", write("wide.yaml", text.toString()));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("200 steps").contains("--format dot");
    }

    @Test
    void the_schema_can_be_had_whole_and_in_parts() {
        assertThat(CommandRun.of(directory, "schema").out()).contains("$schema");
        assertThat(CommandRun.of(directory, "schema", "shell").code()).isZero();
        var unknown = CommandRun.of(directory, "schema", "nonsense");
        assertThat(unknown.code()).isEqualTo(5);
        assertThat(unknown.err()).contains("no part 'nonsense'").contains("shell");
    }

    @Test
    void completion_knows_every_command() {
        for (var shell : new String[] {"bash", "zsh", "fish"}) {
            var run = CommandRun.of(directory, "completion", shell);
            assertThat(run.code()).isZero();
            assertThat(run.out()).contains(Commands.NAMES);
        }
    }

    private String write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
        return name;
    }
}
