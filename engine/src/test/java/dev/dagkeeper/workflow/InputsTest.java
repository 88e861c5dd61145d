package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InputsTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    private static Workflow workflow(String inputs) {
        return Compiling.accepted("version: 1\nname: w\ninputs: " + inputs + "\nsteps: {a: {uses: noop}}");
    }

    private static List<String> refused(Workflow workflow, Map<String, JsonNode> given, Map<String, String> text) {
        return switch (Inputs.bind(workflow, given, text, Scopes.RUN)) {
            case Inputs.Binding.Bound(var values) -> List.of();
            case Inputs.Binding.Refused(var problems) ->
                problems.stream().map(p -> p.code() + " " + p.pointer()).toList();
        };
    }

    private static Map<String, JsonNode> bound(
            Workflow workflow, Map<String, JsonNode> given, Map<String, String> text) {
        var binding = Inputs.bind(workflow, given, text, Scopes.RUN);
        assertThat(binding).isInstanceOf(Inputs.Binding.Bound.class);
        return ((Inputs.Binding.Bound) binding).values();
    }

    @Test
    void values_defaults_and_templates_make_the_bound_inputs() {
        var workflow = workflow("""
                {day: {type: date, default: "${{ date(run.time, 'Europe/Stockholm') }}"},
                 at: {type: datetime, default: "${{ run.interval.start }}"},
                 label: {type: string, default: "run ${{ run.id }}"},
                 list: {type: list<string>, default: [a, "${{ run.workflow }}"]},
                 n: {type: int}, f: {type: float}, opt: {type: string, required: false}}""");
        assertThat(bound(workflow, Map.of("f", json("1")), Map.of("n", " 7 ")))
                .containsExactly(
                        Map.entry("day", json("'2026-03-02'")),
                        Map.entry("at", json("'2026-02-28T23:30:00Z'")),
                        Map.entry("label", json("'run r1'")),
                        Map.entry("list", json("['a','w']")),
                        Map.entry("n", json("7")),
                        Map.entry("f", json("1.0")));
    }

    @Test
    void text_wins_over_a_value() {
        assertThat(bound(workflow("{n: {type: int}}"), Map.of("n", json("1")), Map.of("n", "2")))
                .containsEntry("n", json("2"));
    }

    @Test
    void unknown_missing_and_ill_typed_inputs_are_told_together() {
        var workflow = workflow("{count: {type: int}, day: {type: date}, name: {type: string}}");
        assertThat(refused(workflow, Map.of("conut", json("1"), "day", json("5")), Map.of("name", "x")))
                .containsExactly("E0160 /inputs/conut", "E0161 /inputs/count", "E0162 /inputs/day");
        var problem = ((Inputs.Binding.Refused) Inputs.bind(
                        workflow, Map.of(), Map.of("conut", "1", "day", "2026-01-01", "name", "x"), Scopes.RUN))
                .problems()
                .getFirst();
        assertThat(problem.hint()).contains("did you mean 'count'?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {type: int, min: 1, max: 5}                    | 1                        | true
            {type: int, min: 1, max: 5}                    | 0                        | false
            {type: int, min: 1, max: 5}                    | 6                        | false
            {type: float, max: 0.5}                        | 0.51                     | false
            {type: date, min: 2026-01-01}                  | 2025-12-31               | false
            {type: date, min: 2026-01-01}                  | 2026-01-01               | true
            {type: datetime, max: 2026-01-01T00:00:00Z}    | 2026-01-01T01:00:00+02:00| true
            {type: datetime, max: 2026-01-01T00:00:00Z}    | 2026-01-01T00:00:01Z     | false
            {type: duration, max: 1h}                      | 61m                      | false
            {type: duration, max: 1h}                      | 3600s                    | true
            {type: enum, values: [a, b]}                   | b                        | true
            {type: enum, values: [a, b]}                   | c                        | false
            {type: string, pattern: "[a-z]+"}              | abc                      | true
            {type: string, pattern: "[a-z]+"}              | abc1                     | false
            {type: list<string>, pattern: "[a-z]+"}        | ["a","B"]                | false
            {type: list<int>, min-items: 1}                | []                       | false
            {type: list<int>, max-items: 1}                | [1,2]                    | false
            {type: list<int>}                              | [1,"2"]                  | false
            {type: list<list<int>>}                        | [[1],[]]                 | true
            {type: json}                                   | {"a":1}                  | true
            {type: json}                                   | {"a":1} x                | false
            {type: json}                                   | {"a":1,"a":2}            | false
            """)
    void bounds_decide(String input, String text, boolean fits) {
        assertThat(refused(workflow("{x: " + input + "}"), Map.of(), Map.of("x", text))
                        .isEmpty())
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            STRING   | ` a `                     | ' a '
            INT      | -0012                     | -12
            INT      | 9223372036854775807       | 9223372036854775807
            INT      | 9223372036854775808       |
            INT      | 1.0                       |
            INT      | 0x10                      |
            FLOAT    | 1e3                       | 1000.0
            FLOAT    | .5                        | 0.5
            FLOAT    | NaN                       |
            FLOAT    | 1e999                     |
            BOOL     | true                      | true
            BOOL     | True                      |
            BOOL     | yes                       |
            DATE     | 2026-02-28                | '2026-02-28'
            DATE     | 2026-02-29                |
            DATE     | 20260228                  |
            DATETIME | 2026-02-28T10:00:00+01:00 | '2026-02-28T09:00:00Z'
            DATETIME | 2026-02-28T10:00:00       |
            DURATION | 90s                       | '90s'
            DURATION | 1.5h                      |
            JSON     | [1, {"a": null}]          | [1,{'a':null}]
            JSON     | ``                        |
            """)
    void text_is_read_by_its_type(ValueType.Simple type, String text, String value) {
        var reading = TypedValue.parse(type, text == null ? "" : text);
        if (value == null) {
            assertThat(reading).isInstanceOf(TypedValue.Reading.Misfit.class);
            assertThat(((TypedValue.Reading.Misfit) reading).why()).startsWith("expected " + type.display());
        } else {
            assertThat(reading).isEqualTo(new TypedValue.Reading.Fits(json(value)));
        }
    }

    @Test
    void misfits_are_shown_short_and_on_one_line() {
        var misfit = (TypedValue.Reading.Misfit) TypedValue.parse(ValueType.Simple.INT, "line\n".repeat(100));
        assertThat(misfit.why()).doesNotContain("\n").hasSizeLessThan(100);
    }

    @Test
    void durations_and_sizes_have_one_notation() {
        for (var text : List.of("250ms", "90s", "15m", "2h", "3d", "0s")) {
            assertThat(Durations.parse(text).map(Durations::format)).contains(text);
        }
        assertThat(Durations.parse("-5s")).isEmpty();
        assertThat(Durations.parse("5")).isEmpty();
        assertThat(Durations.parse("5 s")).isEmpty();
        assertThat(Sizes.parseBytes("64KiB")).hasValue(65_536);
        assertThat(Sizes.parseBytes("1TiB")).hasValue(1L << 40);
        assertThat(Sizes.parseBytes("10MB")).isEmpty();
    }
}
