package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dagkeeper.api.client.RunQuery;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is no workflow is refused with its place, exit code 2, and leaves no trace. */
@ExtendWith(SharedEngine.class)
@Timeout(300)
class BadInputIT {
    private static final String HEAD = "version: 1\nname: bad\n";
    private static final String STEP = "steps:\n  a: {uses: noop}\n";

    private final Program program;
    private final HostedEngine engine;

    @TempDir
    Path directory;

    BadInputIT(Program program, HostedEngine engine) {
        this.program = program;
        this.engine = engine;
    }

    /** A file and what is to be said about it. */
    private record Bad(String name, String content, Charset charset, String place, String code) {
        Bad(String name, String content, String place, String code) {
            this(name, content, StandardCharsets.UTF_8, place, code);
        }

        Path write(Path directory) throws IOException {
            return Files.writeString(directory.resolve(name + ".yaml"), content, charset);
        }

        String problem(Path file) {
            return file + ":" + place + ": error " + code + ":";
        }
    }

    private static List<Bad> cases() {
        return List.of(
                new Bad("unknown_key", HEAD + "stpes: {}\n" + STEP, "3:1", "E0101"),
                new Bad("duplicate_key", HEAD + STEP + "  a: {uses: noop}\n", "5:3", "E0012"),
                new Bad(
                        "cycle",
                        HEAD + "steps:\n  a: {uses: noop, needs: [b]}\n  b: {uses: noop, needs: [a]}\n",
                        "4:27",
                        "E0143"),
                new Bad("unknown_need", HEAD + "steps:\n  a: {uses: noop, needs: [zebra]}\n", "4:27", "E0142"),
                new Bad("wrong_type", HEAD + "priority: high\n" + STEP, "3:11", "E0106"),
                new Bad("bad_expression", HEAD + "steps:\n  a: {uses: noop, when: 1 +}\n", "4:28", "E0201"),
                new Bad("tag", HEAD + "steps:\n  a: !!map {uses: noop}\n", "4:6", "E0007"),
                new Bad("merge_key", HEAD + "x-a: &a {uses: noop}\nsteps:\n  a: {<<: *a}\n", "5:7", "E0008"),
                new Bad("alias_bomb", HEAD + aliasBomb() + STEP, "9:6", "E0010"),
                new Bad("too_large", HEAD + STEP + "# padding\n".repeat(11 * 1024 * 1024 / 10), "1:1", "E0001"),
                new Bad("empty", "", "1:1", "E0003"),
                new Bad("two_documents", HEAD + STEP + "---\n" + HEAD + STEP, "5:1", "E0006"),
                new Bad("tab", HEAD + "steps:\n\ta: {uses: noop}\n", "4:1", "E0005"),
                new Bad(
                        "not_utf8",
                        HEAD + "description: caf\u00e9\n" + STEP,
                        StandardCharsets.ISO_8859_1,
                        "3:17",
                        "E0002"));
    }

    /** Nine levels of nine aliases: 387 million values in less than a kilobyte. */
    private static String aliasBomb() {
        var text = new StringBuilder("x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var level = 1; level < 10; level++) {
            var alias = "*a" + (level - 1);
            text.append("x-%d: &a%d [%s]%n"
                    .formatted(level, level, String.join(", ", java.util.Collections.nCopies(9, alias))));
        }
        return text.toString();
    }

    @TestFactory
    Stream<DynamicTest> a_server_is_not_given_what_is_no_workflow() {
        var before = runs();
        return cases().stream()
                .map(bad -> dynamicTest(bad.name(), () -> {
                    var file = bad.write(directory);
                    var outcome = program.run(engine.dataDirectory(), "run", file.toString());
                    assertThat(outcome.code()).as(outcome::said).isEqualTo(2);
                    assertThat(outcome.err()).contains(bad.problem(file));
                    assertThat(outcome.out()).isEmpty();
                    assertThat(runs()).isEqualTo(before);
                }));
    }

    @Test
    void nothing_is_started_or_created_for_what_is_no_workflow() throws Exception {
        var data = directory.resolve("data");
        var outcome =
                program.run(data, "run", cases().getFirst().write(directory).toString());
        assertThat(outcome.code()).as(outcome::said).isEqualTo(2);
        assertThat(data).doesNotExist();
    }

    @Test
    void all_files_are_checked_in_one_go() throws Exception {
        var command = new ArrayList<>(List.of("validate"));
        var expected = new ArrayList<String>();
        for (var bad : cases()) {
            var file = bad.write(directory);
            command.add(file.toString());
            expected.add(bad.problem(file));
        }
        var outcome = program.run(directory.resolve("data"), command.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome::said).isEqualTo(2);
        assertThat(outcome.err()).contains(expected);
    }

    private List<String> runs() {
        var all = new RunQuery(Optional.empty(), Optional.empty(), Optional.empty(), false, 500);
        return engine.client().runs(all).stream().map(run -> run.id()).toList();
    }
}
