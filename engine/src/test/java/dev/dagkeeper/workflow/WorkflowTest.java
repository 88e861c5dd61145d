package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executor.StepType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of files that are right. */
class WorkflowTest {
    @Test
    void the_smallest_workflow_has_its_two_steps_and_every_default() {
        var workflow = Compiling.accepted(Examples.SMALLEST);
        assertThat(Compiling.problems(Examples.SMALLEST)).isEmpty();
        assertThat(workflow.namespace()).isEqualTo("default");
        assertThat(workflow.onStepFailure()).isEqualTo(Workflow.OnStepFailure.FINISH_INDEPENDENT);
        assertThat(workflow.steps()).extracting(Step::id).containsExactly("greet", "bye");
        var greet = workflow.steps().getFirst();
        assertThat(greet.dependents()).containsExactly(1);
        assertThat(greet.timeout()).isEqualTo(Duration.ofHours(1));
        assertThat(greet.retry().max()).isZero();
        assertThat(greet.queue()).isEqualTo("default");
        var bye = workflow.steps().getLast();
        assertThat(bye.needs()).containsExactly(new Step.Need(0, Set.of()));
        assertThat(bye.join()).isEqualTo(Step.Join.ALL_SUCCEEDED);
        assertThat(bye.run()).contains("echo bye");
        assertThat(workflow.reserved()).isEmpty();
    }

    @Test
    void the_usual_workflow_is_accepted() {
        var workflow = Compiling.accepted(Examples.USUAL);
        assertThat(Compiling.problems(Examples.USUAL)).isEmpty();
        assertThat(workflow.steps())
                .extracting(Step::displayName)
                .containsExactly("extract", "quality", "load", "repair", "report", "on-failure.page");
        assertThat(workflow.reserved()).isEmpty();
        var load = workflow.steps().get(2);
        assertThat(load.foreach().orElseThrow().as()).isEqualTo("region");
        assertThat(load.foreach().orElseThrow().maxParallel()).isEqualTo(4);
        assertThat(load.retry())
                .isEqualTo(new Step.Retry(2, Duration.ofSeconds(10), 2, Duration.ofMinutes(5), 0.2, Optional.empty()));
        assertThat(workflow.steps().get(3).needs()).containsExactly(new Step.Need(2, Set.of(Step.EdgeState.FAILED)));
        var page = workflow.steps().getLast();
        assertThat(page.phase()).isEqualTo(Step.Phase.ON_FAILURE);
        assertThat(page.timeout()).as("defaults are not for hooks").isEqualTo(Duration.ofHours(1));
        assertThat(page.retry().max()).isZero();
    }

    @Test
    void defaults_fill_what_a_step_lacks_and_env_merges() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                env: {A: workflow, B: workflow, C: workflow}
                defaults: {step: {timeout: 5m, queue: big, env: {B: default, C: default}, retry: {max: 3, delay: 7s}}}
                steps:
                  a: {uses: shell, run: x, env: {C: own}, retry: {max: 1}}
                  b: {uses: shell, run: x, timeout: 9m, queue: small}
                """);
        var a = workflow.steps().getFirst();
        assertThat(a.env().keySet()).containsExactly("A", "B", "C");
        assertThat(a.env().values().stream()
                        .map(v -> ((Templates.Literal) v).value().stringValue()))
                .containsExactly("workflow", "default", "own");
        assertThat(a.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(a.queue()).isEqualTo("big");
        assertThat(a.retry().max()).isEqualTo(1);
        assertThat(a.retry().delay()).as("retry is replaced whole").isEqualTo(Duration.ofSeconds(1));
        var b = workflow.steps().getLast();
        assertThat(b.timeout()).isEqualTo(Duration.ofMinutes(9));
        assertThat(b.queue()).isEqualTo("small");
        assertThat(b.retry().delay()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void a_step_says_what_it_asks_of_its_worker() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                steps:
                  a:
                    uses: noop
                    queue: big
                    resources: {cpu: 0.5, memory: 64MiB}
                    pools: {db: 2, licence: 1}
                    placement: {labels: {gpu: a100, generation: 4}, zone: north, spread: zone}
                  b: {uses: noop}
                """);
        assertThat(workflow.reserved()).isEmpty();
        assertThat(workflow.steps().get(0).demand())
                .isEqualTo(new Demand(
                        "big",
                        new Demand.Resources(500, 64L << 20),
                        Map.of("db", 2, "licence", 1),
                        new Demand.Placement(
                                Map.of("gpu", "a100", "generation", "4"), Optional.of("north"), Demand.Spread.ZONE)));
        assertThat(workflow.steps().get(1).demand()).isEqualTo(Demand.of("default"));
    }

    @Test
    void everything_that_waits_for_later_is_checked_and_listed_with_its_place() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                secrets: {S: {from: store}}
                triggers: {t: {every: 5m}, d: {datasets: {any: ["s3://x/y"]}}}
                steps:
                  a: {uses: shell, run: x, secrets: [S]}
                  b: {uses: noop, depends-on-past: true, produces: ["s3://x/y"]}
                  c: {uses: noop, depends-on-past: false}
                  d: {uses: workflow, with: {workflow: other}}
                  e: {uses: approval}
                  f: {uses: wait, with: {for: 5m}}
                  g: {uses: java, with: {main: a.B}}
                """);
        assertThat(Refusal.of(workflow, "f.yaml"))
                .extracting(p -> p.line() + ":" + p.column() + " " + p.code())
                .contains("3:11 E0301");
        assertThat(workflow.reserved().stream().map(r -> r.line() + ":" + r.column() + " " + r.what()))
                .containsExactlyInAnyOrder(
                        "3:11 secret 'S' from store",
                        "9:13 step type 'workflow'",
                        "10:13 step type 'approval'",
                        "11:13 step type 'wait'",
                        "12:13 step type 'java'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * *",
                "*/5 0-6 1,15 * MON-FRI",
                "0 30 2 * * ?",
                "0 0 L * *",
                "0 0 LW * *",
                "0 0 L-3 * *",
                "0 0 15W * *",
                "0 0 * * 5L",
                "0 0 * * FRI#2",
                "0 0 * jan-mar sun",
                "@hourly",
                "@daily",
                "@weekly",
                "@monthly",
                "@yearly",
                "0 0 29 2 *",
                "0 0 31 2,3 *",
                "0 0 * * FRI-MON",
                "0 0 31 2 MON",
                "5/10 * * * *",
                "0 0 ? * 7",
                "0 0 30 feb *"
            })
    void cron_expressions_are_accepted(String cron) {
        assertThat(CronExpression.problem(cron)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * * 8",
                "*/0 * * * *",
                "5-1 * * * *",
                "a * * * *",
                "* * * FOO *",
                "? * * * *",
                "* * * * L#6",
                "* * * * 1#6",
                "0 0 32W * *",
                "1,,2 * * * *",
                "1- * * * *",
                "@reboot",
                "L * * * *",
                "1/2/3 * * * *"
            })
    void other_texts_are_no_cron_expressions(String cron) {
        assertThat(CronExpression.problem(cron)).isPresent();
    }

    @Test
    void settings_are_read_by_the_types_of_the_schema() {
        var workflow = Compiling.accepted("""
                version: 1
                name: w
                steps:
                  a:
                    uses: http
                    with:
                      url: http://x
                      headers: {X-Version: 1.10, X-Flag: true, X-Code: 010}
                      expect: [200, "${{ 200 + 4 }}"]
                      body: {n: 1, f: 1.5, t: true, z: null, s: 010, q: "1", list: [a, 2]}
                """);
        var with = workflow.steps().getFirst().with().evaluate(Scopes.EMPTY);
        assertThat(with.toString()).isEqualTo("""
                {"url":"http://x","headers":{"X-Version":"1.10","X-Flag":"true","X-Code":"010"},"expect":[200,204],\
                "body":{"n":1,"f":1.5,"t":true,"z":null,"s":"010","q":"1","list":["a",2]}}""");
    }

    @Test
    void a_step_type_of_a_user_is_checked_by_its_own_schema_with_all_of_json_schema() {
        var json = tools.jackson.databind.json.JsonMapper.shared();
        var schema = (tools.jackson.databind.node.ObjectNode) json.readTree("""
                {"type": "object", "properties": {"to": {"$ref": "#/$defs/mail"}, "cc": {"$ref": "#/$defs/mail"}},
                 "oneOf": [{"required": ["to"]}, {"required": ["cc"]}], "unevaluatedProperties": false,
                 "$defs": {"mail": {"type": "string", "pattern": "@"}}}
                """);
        var type = new StepType("mail", Optional.empty(), schema, false, java.util.Map.of());
        var compiler = new YamlWorkflowCompiler(StepTypes.of(List.of(type)), Limits.DEFAULT);
        java.util.function.Function<String, List<String>> places = with -> switch (compiler.compile(
                "f.yaml",
                ("version: 1\nname: w\nsteps:\n  a: {uses: mail, with: " + with + "}")
                        .getBytes(StandardCharsets.UTF_8))) {
            case WorkflowCompiler.Compilation.Accepted accepted -> List.of();
            case WorkflowCompiler.Compilation.Rejected(var problems) ->
                problems.stream().map(p -> p.column() + " " + p.code()).toList();
        };
        assertThat(places.apply("{to: a@b}")).isEmpty();
        assertThat(places.apply("{to: \"${{ run.id }}\"}")).isEmpty();
        assertThat(places.apply("{to: nobody}")).containsExactly("30 E0150");
        assertThat(places.apply("{to: a@b, bcc: c@d}")).containsExactly("35 E0150");
        assertThat(places.apply("{to: a@b, cc: c@d}")).containsExactly("25 E0150");
        assertThat(places.apply("{}")).containsExactly("25 E0150");
    }

    @Test
    void ten_thousand_steps_are_compiled_in_time_that_grows_with_their_number() {
        var small = compileTime(1_000);
        var large = compileTime(10_000);
        System.out.printf("compiled 1,000 steps in %d ms and 10,000 in %d ms%n", small, large);
        // Ten times the steps; quadratic growth would be a hundred times.
        assertThat(large).isLessThan(Math.max(40 * small, 5_000));
    }

    /** The best of three, in milliseconds. */
    private static long compileTime(int steps) {
        var random = new Random(steps);
        var yaml = new StringBuilder("version: 1\nname: big\nsteps:\n");
        for (var i = 0; i < steps; i++) {
            yaml.append("  step_%05d: {uses: noop, needs: [".formatted(i));
            if (i > 1) {
                yaml.append("step_%05d, step_%05d".formatted(i - 1, random.nextInt(i - 1)));
            }
            yaml.append("], with: {duration: 1ms}}\n");
        }
        var best = Long.MAX_VALUE;
        for (var i = 0; i < 3; i++) {
            var start = System.nanoTime();
            var workflow = Compiling.accepted(yaml.toString());
            best = Math.min(best, (System.nanoTime() - start) / 1_000_000);
            assertThat(workflow.steps()).hasSize(steps);
        }
        return best;
    }

    /** Broken in any way, a file is accepted or refused; it never makes the compiler fail. */
    @Test
    void no_mutation_of_a_workflow_escapes_the_checks() {
        var values =
                List.of("[[{}]]", "{}", "[]", "", "~", "x", "\"${{ x }}\"", "'${{'", "1", "*a", "!t x", "{a: b}", ":");
        var accepted = 0;
        for (var seed = 1; seed <= 1500; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder(Examples.USUAL);
            for (var i = random.nextInt(3); i >= 0; i--) {
                var at = text.indexOf(": ", random.nextInt(text.length() - 10));
                if (random.nextInt(3) == 0 || at < 0) {
                    var from = random.nextInt(text.length() - 10);
                    text.delete(from, from + 1 + random.nextInt(5));
                } else {
                    var ends = java.util.stream.Stream.of(",", "}", "\n")
                            .mapToInt(end -> text.indexOf(end, at))
                            .filter(end -> end > 0);
                    text.replace(at + 2, ends.min().orElse(at + 2), values.get(random.nextInt(values.size())));
                }
            }
            try {
                if (Compiling.compile(text.toString()) instanceof WorkflowCompiler.Compilation.Accepted) {
                    accepted++;
                }
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ":\n" + text, e);
            }
        }
        assertThat(accepted).isBetween(1, 1400);
    }

    @Test
    void the_graph_of_random_workflows_agrees_with_a_simple_search() {
        for (var seed = 1; seed <= 50; seed++) {
            var random = new Random(seed);
            var size = 1 + random.nextInt(30);
            var needs = new ArrayList<List<Integer>>();
            var yaml = new StringBuilder("version: 1\nname: w\nsteps:\n");
            for (var i = 0; i < size; i++) {
                var own = new ArrayList<Integer>();
                for (var j = 0; j < i; j++) {
                    if (random.nextInt(4) == 0) {
                        own.add(j);
                    }
                }
                needs.add(own);
                var names = own.stream().map(j -> "s" + j).toList();
                yaml.append("  s")
                        .append(i)
                        .append(": {uses: noop, needs: ")
                        .append(names)
                        .append("}\n");
            }
            var workflow = Compiling.accepted(yaml.toString());
            var graph = StepGraph.of(workflow);
            var order = graph.topologicalOrder();
            assertThat(order).as("seed %d", seed).hasSize(size);
            var ancestors = new ArrayList<BitSet>();
            var longest = new int[size];
            for (var i = 0; i < size; i++) {
                var set = new BitSet();
                longest[i] = 1;
                for (var need : needs.get(i)) {
                    set.set(need);
                    set.or(ancestors.get(need));
                    longest[i] = Math.max(longest[i], 1 + longest[need]);
                    assertThat(order.indexOf(need)).as("seed %d", seed).isLessThan(order.indexOf(i));
                }
                ancestors.add(set);
                assertThat(graph.ancestors(i))
                        .as("seed %d", seed)
                        .isEqualTo(set.stream().boxed().toList());
            }
            var path = graph.longestPath(step -> 1);
            assertThat(path)
                    .as("seed %d", seed)
                    .hasSize(java.util.Arrays.stream(longest).max().orElse(0));
            for (var i = 1; i < path.size(); i++) {
                assertThat(needs.get(path.get(i))).as("seed %d", seed).contains(path.get(i - 1));
            }
        }
    }
}
