package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for every file before it means anything. */
class NotationTest {
    private static List<String> compile(byte[] source) {
        return compile(source, Limits.DEFAULT);
    }

    private static List<String> compile(byte[] source, Limits limits) {
        var result = new YamlWorkflowCompiler(TestTypes.all(), limits).compile("f.yaml", source);
        return switch (result) {
            case WorkflowCompiler.Compilation.Accepted(var workflow, var warnings) -> List.of();
            case WorkflowCompiler.Compilation.Rejected(var problems) ->
                problems.stream()
                        .map(p -> p.line() + ":" + p.column() + " " + p.code())
                        .toList();
        };
    }

    private static final String HEAD = "version: 1\nname: a\n";

    @Test
    void an_empty_file_and_one_of_comments_hold_no_workflow() {
        assertThat(Compiling.places("")).containsExactly("1:1 E0003");
        assertThat(Compiling.places("# nothing\n\n")).containsExactly("1:1 E0003");
    }

    @Test
    void a_file_larger_than_allowed_is_refused_unread() {
        var large = new byte[11 * 1024 * 1024];
        Arrays.fill(large, (byte) '#');
        assertThat(compile(large)).containsExactly("1:1 E0001");
        assertThat(compile(large, Limits.LARGE)).containsExactly("1:1 E0001");
        var middle = Arrays.copyOf(large, 2 * 1024 * 1024);
        var text = (HEAD + "steps: {a: {uses: noop}}\n").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, middle, 0, text.length);
        assertThat(compile(middle)).containsExactly("1:1 E0001");
        assertThat(compile(middle, Limits.LARGE)).isEmpty();
    }

    @Test
    void bytes_that_are_not_utf_8_are_placed() {
        assertThat(compile(new byte[] {'a', ':', '\n', ' ', (byte) 0xE5, 'x'})).containsExactly("2:2 E0002");
        assertThat(compile("a: ä".getBytes(StandardCharsets.UTF_16))).containsExactly("1:1 E0002");
        assertThat(compile(new byte[] {'a', ':', ' ', (byte) 0xC3})).containsExactly("1:4 E0002");
    }

    @Test
    void a_byte_order_mark_is_ignored() {
        assertThat(Compiling.places("\uFEFF" + HEAD + "steps: {a: {uses: noop}}"))
                .isEmpty();
        assertThat(Compiling.places("\uFEFFversion: 2\nname: a\nsteps: {a: {uses: noop}}"))
                .containsExactly("1:10 E0121");
    }

    @Test
    void tabs_do_not_indent() {
        assertThat(Compiling.places(HEAD + "steps:\n\ta: {uses: noop}")).containsExactly("4:1 E0005");
        assertThat(Compiling.places(HEAD + "steps:\n  a:\n\tuses: noop")).containsExactly("5:1 E0005");
    }

    @Test
    void a_second_document_is_placed() {
        assertThat(Compiling.places(HEAD + "steps: {a: {uses: noop}}\n---\nversion: 1\n"))
                .containsExactly("4:1 E0006");
    }

    @Test
    void every_tag_is_told() {
        assertThat(Compiling.places("version: !!int 1\nname: !x a\nsteps: !!map {a: {uses: !!str noop}}"))
                .containsExactly("1:10 E0007", "2:7 E0007", "3:8 E0007", "3:25 E0007");
    }

    @Test
    void merge_keys_are_told_wherever_they_stand() {
        assertThat(Compiling.places("x-a: &a {uses: noop}\n" + HEAD + "steps:\n  s: {<<: *a, uses: noop}"))
                .containsExactly("5:7 E0008");
        assertThat(Compiling.places(HEAD + "labels: {\"<<\": quoted}\nsteps: {a: {uses: noop}}"))
                .isEmpty();
    }

    @Test
    void duplicate_keys_are_told_at_every_depth() {
        assertThat(Compiling.places(HEAD + "name: b\nsteps:\n  a: {uses: noop, uses: noop}\n  b:\n    uses: http\n"
                        + "    with: {url: http://x, body: {k: 1, k: 2}}\n"))
                .containsExactly("3:1 E0012", "5:19 E0012", "8:40 E0012");
    }

    @Test
    void keys_are_text() {
        assertThat(Compiling.places(HEAD + "labels: {[a]: b, {c: d}: e}\nsteps: {a: {uses: noop}}"))
                .containsExactly("3:10 E0013", "3:18 E0013");
    }

    @Test
    void syntax_errors_are_placed() {
        assertThat(Compiling.places("version: 1\nname: [a\n")).containsExactly("3:1 E0004");
        assertThat(Compiling.places("version: 1\nname: a: b\n")).containsExactly("2:8 E0004");
        assertThat(Compiling.places("version: *nowhere\n")).containsExactly("1:10 E0004");
        assertThat(Compiling.places("version: 1\nname: \u0007\n")).containsExactly("2:7 E0004");
        assertThat(Compiling.places("just text")).containsExactly("1:1 E0103");
        assertThat(Compiling.places("[a, b]")).containsExactly("1:1 E0103");
    }

    @Test
    void aliases_mean_what_they_name() {
        var workflow = Compiling.accepted("""
                x-env: &env {A: one, B: two}
                version: 1
                name: w
                steps:
                  a: {uses: shell, run: x, env: *env}
                  b: {uses: shell, run: x, env: *env}
                """);
        assertThat(workflow.steps()).allSatisfy(step -> assertThat(step.env()).containsOnlyKeys("A", "B"));
    }

    @Test
    void a_problem_of_an_aliased_value_is_told_once() {
        assertThat(Compiling.places("""
                x-env: &env {A: [one]}
                version: 1
                name: w
                steps:
                  a: {uses: shell, run: x, env: *env}
                  b: {uses: shell, run: x, env: *env}
                """)).hasSize(2).allMatch(place -> place.equals("1:17 E0103"));
    }

    @Test
    void more_aliases_than_allowed_are_refused() {
        var yaml = "x-a: &a v\n" + HEAD + "labels:\n";
        var just = new StringBuilder(yaml);
        for (var i = 0; i < 100; i++) {
            just.append("  k").append(i).append(": *a\n");
        }
        assertThat(Compiling.places(just + "steps: {a: {uses: noop}}")).isEmpty();
        just.append("  more: *a\n");
        assertThat(Compiling.places(just + "steps: {a: {uses: noop}}")).containsExactly("105:9 E0009");
    }

    @Test
    void an_alias_bomb_is_refused_without_being_expanded() {
        var bomb = new StringBuilder("x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i <= 9; i++) {
            bomb.append("x-%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
        }
        var places = Compiling.places(bomb + HEAD + "steps: {a: {uses: noop}}");
        assertThat(places).hasSize(1).first().asString().endsWith("E0010");
    }

    @Test
    void a_value_that_contains_itself_is_refused() {
        assertThat(Compiling.places(HEAD + "x-a: &a {b: [*a]}\nsteps: {a: {uses: noop}}"))
                .hasSize(1)
                .first()
                .asString()
                .endsWith("E0014");
    }

    @Test
    void nesting_has_a_limit() {
        var fits = HEAD + "x-a: " + "[".repeat(19) + "]".repeat(19) + "\nsteps: {a: {uses: noop}}";
        assertThat(Compiling.places(fits)).isEmpty();
        var deep = HEAD + "x-a: " + "[".repeat(20) + "]".repeat(20) + "\nsteps: {a: {uses: noop}}";
        assertThat(Compiling.places(deep)).containsExactly("3:25 E0011");
        assertThat(Compiling.places("[".repeat(100_000))).containsExactly("1:21 E0011");
        assertThat(Compiling.places("{a: ".repeat(100_000))).containsExactly("1:81 E0011");
    }

    @Test
    void columns_count_code_points() {
        assertThat(
                        Compiling.places(
                                "version: 1\nname: a\ndescription: {\"😀\": 1}\nlabels: {\"😀é\": [1]}\nsteps: {a: {uses: noop}}"))
                .containsExactly("3:14 E0103", "4:16 E0103");
    }

    @Test
    void scalars_are_read_by_the_type_their_key_expects() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                description: NO
                labels: {country: NO, code: 010, version: 1.10, day: 2026-01-01, yes: on}
                steps:
                  a: {uses: shell, run: 010, env: {A: 1.10, B: true, C: 0x1F, D: 1_000}}
                """);
        assertThat(workflow.description()).contains("NO");
        assertThat(workflow.labels())
                .containsEntry("country", "NO")
                .containsEntry("code", "010")
                .containsEntry("version", "1.10")
                .containsEntry("day", "2026-01-01")
                .containsEntry("yes", "on");
        var step = workflow.steps().getFirst();
        assertThat(step.run()).contains("010");
        assertThat(step.env().values().stream().map(Object::toString).toList().toString())
                .contains("1.10", "true", "0x1F", "1_000");
    }
}
