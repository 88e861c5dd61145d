package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExpressionTest {
    private static final Scope.RunFacts RUN = new Scope.RunFacts(
            "r1",
            "w",
            3,
            Instant.parse("2026-03-01T23:30:00Z"),
            Instant.parse("2026-02-28T23:30:00Z"),
            Instant.parse("2026-03-01T23:30:00Z"),
            "nightly");

    /** A workflow whose last step has the expression as its {@code with.body}. */
    private static String frame(String body) {
        return """
            version: 1
            name: w
            inputs:
              day: {type: date}
              at: {type: datetime}
              wait: {type: duration}
              n: {type: int}
              f: {type: float}
              tags: {type: list<string>}
              doc: {type: json}
              opt: {type: string, required: false}
            env: {HOME_OF: "home of ${{ run.workflow }}"}
            steps:
              up: {uses: shell, run: x, outputs: {rows: {type: int}, when: {type: datetime}}}
              each: {uses: shell, run: x, foreach: {in: "[1, 2]"}, outputs: {got: {type: int}}}
              shy: {uses: shell, run: x, on-error: warn, outputs: {rows: {type: int}}}
              last:
                uses: http
                needs: [up, each, shy]
                with:
                  url: http://x
                  body: |-
                    %s
            """.formatted(body);
    }

    private static final Map<String, JsonNode> INPUTS = Map.of(
            "day", json("'2026-03-01'"),
            "at", json("'2026-03-01T10:00:00Z'"),
            "wait", json("'90s'"),
            "n", json("7"),
            "f", json("1.5"),
            "tags", json("['b','a']"),
            "doc", json("{'a': {'b': [1, 2.5, 'x', null, true]}}"));

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static final class Upstreams implements Scope.Upstreams {
        private final Map<Integer, String> states =
                new LinkedHashMap<>(Map.of(0, "succeeded", 1, "succeeded", 2, "succeeded"));
        private final Map<Integer, Map<String, JsonNode>> outputs = new LinkedHashMap<>(Map.of(
                0, Map.of("rows", json("41"), "when", json("'2026-01-01T00:00:00Z'")),
                1, Map.of("got", json("[1, 2]")),
                2, Map.of()));

        @Override
        public String state(int step) {
            return states.getOrDefault(step, "pending");
        }

        @Override
        public Map<String, JsonNode> outputs(int step) {
            return outputs.getOrDefault(step, Map.of());
        }
    }

    private static Scope scope(Scope.Upstreams upstreams) {
        return new Scope(
                INPUTS,
                Map.of("HOME_OF", "home of w"),
                RUN,
                upstreams,
                Optional.of(new Scope.StepFacts("last", 2)),
                Map.of(),
                Optional.empty());
    }

    private static Settings settings(String body) {
        return Compiling.accepted(frame(body)).steps().getLast().with();
    }

    private static JsonNode evaluate(String expression) {
        return settings("${{ " + expression + " }}")
                .evaluate(scope(new Upstreams()))
                .path("body");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            inputs.day                                              | '2026-03-01'
            inputs.at                                               | '2026-03-01T10:00:00Z'
            inputs.at + inputs.wait                                 | '2026-03-01T10:01:30Z'
            inputs.wait                                             | '90s'
            inputs.at - inputs.at                                   | '0s'
            inputs.n * 2                                            | 14
            inputs.n / 2                                            | 3
            inputs.f                                                | 1.5
            inputs.tags                                             | ['b','a']
            inputs.tags.map(t, t + '!')                             | ['b!','a!']
            inputs.tags.filter(run, run == 'a')                     | ['a']
            inputs.doc                                              | {'a':{'b':[1,2.5,'x',null,true]}}
            inputs.doc.a.b[1]                                       | 2.5
            inputs.?opt.orValue('none')                             | 'none'
            has(inputs.opt)                                         | false
            env.HOME_OF                                             | 'home of w'
            run.id                                                  | 'r1'
            run.revision                                            | 3
            run.time == run.interval.end                            | true
            run.trigger                                             | 'nightly'
            step.id                                                 | 'last'
            step.attempt                                            | 2
            steps.up.outputs.rows + 1                               | 42
            steps.up.outputs.when                                   | '2026-01-01T00:00:00Z'
            steps.up.state                                          | 'succeeded'
            steps.each.outputs.got                                  | [1,2]
            sum(steps.each.outputs.got)                             | 3
            sum([0.5, 1.0])                                         | 1.5
            sum([])                                                 | 0
            sum(inputs.doc.a.b.filter(x, type(x) == int))           | 1
            steps.shy.outputs.?rows.orValue(0)                      | 0
            steps.?shy.outputs.?rows.orValue(5)                     | 5
            date(run.time, 'Europe/Stockholm')                      | '2026-03-02'
            date(run.time, 'UTC')                                   | '2026-03-01'
            format_time(run.time, 'yyyy/MM/dd HH:mm', 'UTC')        | '2026/03/01 23:30'
            json('[1, {"a": 2}]')                                   | [1,{'a':2}]
            json('{"a": 2}').a + 1                                  | 3
            basename('/data/in/x.csv')                              | 'x.csv'
            basename('/data/in/')                                   | 'in'
            basename('/')                                           | '/'
            range(3)                                                | [0,1,2]
            range(0)                                                | []
            {'a': {'b': 1}}                                         | {'a':{'b':1}}
            'it }} closes'                                          | 'it }} closes'
            b'abc'                                                  | 'YWJj'
            null                                                    | null
            inputs.n > 5 ? 'many' : 'few'                           | 'many'
            """)
    void an_expression_gives(String expression, String expected) {
        assertThat(evaluate(expression)).isEqualTo(json(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            inputs.n / 0                                            | divide by zero
            inputs.doc.a.c                                          | key 'c' is not present
            [1][5]                                                  | Index out of bounds
            json('{')                                               | is not JSON
            date(run.time, 'Europe/Stokholm')                       | unknown time zone
            format_time(run.time, '{{{', 'UTC')                     | format_time
            range(100001)                                           | range: expected 0 to 100000
            range(100000).all(x, range(100000).all(y, true))        | budget exceeded
            inputs.doc.a + 1                                        | No matching overload
            range(5000).map(x, range(5000)).size()                  | 5000
            """)
    void an_expression_fails_with_its_text_and_the_reason(String expression, String reason) {
        if (reason.equals("5000")) {
            assertThat(evaluate(expression).intValue()).isEqualTo(5000);
            return;
        }
        assertThatThrownBy(() -> evaluate(expression))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining(expression)
                .hasMessageContaining(reason);
    }

    @Test
    void doubling_texts_and_lists_ends_at_a_limit() {
        var text = "['x']" + ".map(a, a+a)".repeat(40) + "[0].size()";
        assertThatThrownBy(() -> evaluate(text))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("longer");
        var list = "[[1]]" + ".map(a, [a,a])".repeat(40) + "[0]";
        assertThatThrownBy(() -> evaluate(list))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void a_large_list_is_mapped_in_linear_time() {
        assertThat(evaluate("range(100000).map(x, x * 2)")).hasSize(100_000);
    }

    @Test
    void a_template_of_one_hole_keeps_the_type_and_any_other_is_text() {
        var upstreams = new Upstreams();
        assertThat(settings("${{ inputs.n }}").evaluate(scope(upstreams)).path("body"))
                .isEqualTo(json("7"));
        assertThat(settings("n=${{ inputs.n }}, tags=${{ inputs.tags }} and ${{ inputs.day }}")
                        .evaluate(scope(upstreams))
                        .path("body")
                        .stringValue())
                .isEqualTo("n=7, tags=[\"b\",\"a\"] and 2026-03-01");
    }

    @Test
    void settings_name_the_steps_they_read() {
        assertThat(settings("${{ steps.up.outputs.rows }} ${{ steps.shy.state }}")
                        .steps())
                .containsExactly(0, 2);
        assertThat(settings("plain").steps()).isEmpty();
    }

    @Test
    void a_foreach_that_gave_nothing_reads_as_an_empty_list() {
        var upstreams = new Upstreams();
        upstreams.outputs.put(1, Map.of());
        var body = settings("${{ sum(steps.each.outputs.got) }}").evaluate(scope(upstreams));
        assertThat(body.path("body").intValue()).isZero();
    }

    @Test
    void an_output_that_is_missing_after_all_fails_the_expression() {
        var upstreams = new Upstreams();
        upstreams.outputs.put(0, Map.of());
        var settings = settings("${{ steps.up.outputs.rows }}");
        assertThatThrownBy(() -> settings.evaluate(scope(upstreams)))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("rows");
    }

    @Test
    void conditions_loops_and_retries_see_what_they_should() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                inputs: {regions: {type: list<datetime>}}
                steps:
                  a:
                    uses: shell
                    run: x
                    foreach: {in: inputs.regions, as: region}
                    env: {R: "${{ date(region, 'UTC') }} #${{ step.attempt }}"}
                    retry: {max: 3, when: "error.kind == 'exit' && error.exit_code == 75 && step.attempt < 3"}
                outputs: {n: {type: int, value: size(inputs.regions)}}
                """);
        var step = workflow.steps().getFirst();
        var scope = new Scope(
                Map.of("regions", json("['2026-05-05T00:00:00Z']")),
                Map.of(),
                RUN,
                Scope.Upstreams.NONE,
                Optional.of(new Scope.StepFacts("a", 1)),
                Map.of("region", json("'2026-05-05T00:00:00Z'")),
                Optional.of(new Scope.ErrorFacts("exit", Optional.of(75), "no")));
        assertThat(step.foreach().orElseThrow().in().evaluate(scope)).isEqualTo(json("['2026-05-05T00:00:00Z']"));
        assertThat(Objects.requireNonNull(step.env().get("R")).text(scope)).isEqualTo("2026-05-05 #1");
        assertThat(step.retry().when().orElseThrow().evaluate(scope).booleanValue())
                .isTrue();
        assertThat(workflow.outputs().getFirst().value().evaluate(scope).intValue())
                .isEqualTo(1);
        var signal = new Scope(
                scope.inputs(),
                scope.env(),
                RUN,
                Scope.Upstreams.NONE,
                scope.step(),
                scope.loop(),
                Optional.of(new Scope.ErrorFacts("timeout", Optional.empty(), "late")));
        assertThat(step.retry().when().orElseThrow().evaluate(signal).booleanValue())
                .isFalse();
    }
}
