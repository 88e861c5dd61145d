package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the language broken once, with the place and the code that are told. */
class CheckTest {
    private static final String STEPS = "steps: {a: {uses: noop}}\n";

    /** Something wrong at the top level: two lines before it. */
    private static Arguments top(String yaml, String... places) {
        return Arguments.of("version: 1\nname: w\n" + yaml + "\n" + STEPS, List.of(places));
    }

    /** Something wrong in a step: four lines before it. */
    private static Arguments step(String yaml, String... places) {
        return Arguments.of(
                "version: 1\nname: w\nsteps:\n  first: {uses: shell, run: x}\n" + yaml + "\n", List.of(places));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("name: w\n" + STEPS, List.of("1:1 E0102")),
                Arguments.of("version: 1\n" + STEPS, List.of("1:1 E0102")),
                Arguments.of("version: 1\nname: w\n", List.of("1:1 E0102")),
                Arguments.of("version: 1\nname: w\nsteps: {}\n", List.of("3:8 E0102")),
                Arguments.of("version: 1\nname: w\nsteps: []\n", List.of("3:8 E0103")),
                Arguments.of("version: 1\nname: w\nsteps:\n", List.of("3:7 E0104")),
                Arguments.of("version: \"1\"\nname: w\n" + STEPS, List.of("1:10 E0106")),
                Arguments.of("version: 3\nname: w\n" + STEPS, List.of("1:10 E0121")),
                Arguments.of("version: 1\nname: My Name\n" + STEPS, List.of("2:7 E0105")),
                top("nmae: x", "3:1 E0101"),
                top("x-anything: [goes]"),
                top("namespace: a-b", "3:12 E0105"),
                top("description: [x]", "3:14 E0103"),
                top("description:", "3:13 E0104"),
                top("description: ~", "3:14 E0104"),
                top("labels: {a: [x]}", "3:13 E0103"),
                top("priority: 101", "3:11 E0111"),
                top("priority: \"1\"", "3:11 E0106"),
                top("priority: 1.5", "3:11 E0106"),
                top("timeout: 90", "3:10 E0108"),
                top("timeout: 0s", "3:10 E0111"),
                top("timeout: 1h30m", "3:10 E0108"),
                top("on-step-failure: finish", "3:18 E0110"),
                top("env: {1A: x}", "3:7 E0119"),
                top("env: [A]", "3:6 E0103"),
                top("files: [/etc/passwd]", "3:9 E0118"),
                top("files: [a, ../b, 'c\\d', a]", "3:12 E0118", "3:18 E0118", "3:25 E0120"),
                top("secrets: {T: {from: vault}}", "3:21 E0110"),
                top("secrets: {T: {key: x}}", "3:11 E0102"),
                top("secrets: {T: {from: file}}", "3:11 E0102"),
                top("defaults: {step: {run: x}}", "3:19 E0101"),
                top("defaults: {steps: {}}", "3:12 E0101"),
                top("defaults: {step: {timeout: x, queue: 'a b'}}", "3:28 E0108", "3:38 E0105"),
                top("outputs: {o: {type: int}}", "3:11 E0102"),
                top("outputs: {O-o: {type: in, value: '1'}}", "3:11 E0105", "3:23 E0112"),
                // inputs
                top("inputs: {a: {}}", "3:10 E0102"),
                top("inputs: {a: {type: strin}}", "3:20 E0112"),
                top("inputs: {a: {type: list<list<foo>>}}", "3:20 E0112"),
                top("inputs: {a: {type: enum}}", "3:20 E0112"),
                top("inputs: {a: {type: enum, values: []}}", "3:34 E0104"),
                top("inputs: {a: {type: enum, values: [x, x]}}", "3:38 E0120"),
                top("inputs: {a: {type: string, values: [x]}}", "3:36 E0116"),
                top("inputs: {a: {type: enum, values: [x, y], default: z}}", "3:51 E0162"),
                top("inputs: {a: {type: int, default: \"1\"}}", "3:34 E0162"),
                top("inputs: {a: {type: int, default: one}}", "3:34 E0162"),
                top("inputs: {a: {type: int, default: 5, max: 4}}", "3:34 E0163"),
                top("inputs: {a: {type: int, min: 5, max: 4}}", "3:38 E0116"),
                top("inputs: {a: {type: int, min: x}}", "3:30 E0162"),
                top("inputs: {a: {type: bool, min: 1}}", "3:31 E0116"),
                top("inputs: {a: {type: int, pattern: x}}", "3:34 E0116"),
                top("inputs: {a: {type: string, pattern: '('}}", "3:37 E0117"),
                top("inputs: {a: {type: string, pattern: 'a+', default: b}}", "3:52 E0163"),
                top("inputs: {a: {type: string, min-items: 1}}", "3:39 E0116"),
                top("inputs: {a: {type: list<int>, min-items: 3, max-items: 2}}", "3:56 E0116"),
                top("inputs: {a: {type: list<int>, default: [1, x]}}", "3:44 E0162"),
                top("inputs: {a: {type: list<int>, default: 1}}", "3:40 E0162"),
                top("inputs: {a: {type: date, default: 2026-02-30}}", "3:35 E0162"),
                top("inputs: {a: {type: int, required: true, default: 1}}", "3:50 E0116"),
                top("inputs: {a: {type: int, required: yes}}", "3:35 E0107"),
                top("inputs: {a: {type: int, default: \"${{ run.id }}\"}}", "3:39 E0210"),
                top("inputs: {a: {type: int, default: \"${{ inputs.a }}\"}}", "3:39 E0207"),
                // what is checked now and carried out later
                top("triggers: {t: {}}", "3:12 E0102"),
                top("triggers: {t: {cron: '* * * * *', every: 5m}}", "3:12 E0116"),
                top("triggers: {t: {cron: '* * * * *'}}", "3:12 E0102"),
                top("triggers: {t: {cron: '* * * *', timezone: UTC}}", "3:22 E0115"),
                top("triggers: {t: {cron: '@never', timezone: UTC}}", "3:22 E0115"),
                top("triggers: {t: {cron: '@daily', timezone: Mars/Base}}", "3:42 E0114"),
                top("triggers: {t: {every: 1ms}}", "3:23 E0111"),
                top("triggers: {t: {every: 5m, timezone: Utopia}}", "3:37 E0114"),
                top("triggers: {t: {every: 5m, offset: 5m}}", "3:35 E0116"),
                top("triggers: {t: {every: 5m, from: 2026-13-01}}", "3:33 E0113"),
                top("triggers: {t: {every: 5m, from: 12026-01-01T00:00:00Z}}", "3:33 E0113"),
                top("triggers: {t: {every: 5m, from: 2026-01-02, until: 2026-01-02}}", "3:52 E0116"),
                top("triggers: {t: {every: 5m, exclude: 2026-01-01}}", "3:36 E0103"),
                top("triggers: {t: {every: 5m, exclude: [2026-01-01, 24:00]}}", "3:49 E0113"),
                top("triggers: {t: {every: 5m, exclude: [{from: 2026-01-01}]}}", "3:37 E0102"),
                top("triggers: {t: {every: 5m, exclude: [{from: 2026-01-02, until: 2026-01-01}]}}", "3:63 E0116"),
                top("triggers: {t: {at: []}}", "3:20 E0104"),
                top("triggers: {t: {at: [2026-01-01T10:00, '2026-01-01T10:00:00Z']}}", "3:39 E0120"),
                top("triggers: {t: {at: [2026-01-01], offset: 5m}}", "3:34 E0101"),
                top("triggers: {t: {every: 5m, catchup: {mode: some}}}", "3:43 E0110"),
                top("inputs: {n: {type: int}}\ntriggers: {t: {every: 5m}}", "4:12 E0161"),
                top("triggers: {t: {datasets: {all: []}}}", "3:32 E0104"),
                top("triggers: {t: {datasets: {any: ['s3://a']}, debounce: 1m, max-wait: 1s}}", "3:69 E0116"),
                top("triggers: {t: {every: 5m, inputs: {nope: 1}}}", "3:36 E0160"),
                top("inputs: {n: {type: int}}\ntriggers: {t: {every: 5m, inputs: {n: x}}}", "4:39 E0162"),
                top("triggers: {t: {cron: '@daily', timezone: UTC, dst: {gap: run}}}", "3:58 E0110"),
                top("triggers: {t: {datasets: {all: [orders]}}}", "3:33 E0118"),
                top("triggers: {t: {datasets: {all: ['s3://a'], any: ['s3://b']}}}", "3:26 E0116"),
                top("concurrency: {}", "3:14 E0102"),
                top("concurrency: {max: 0, on-conflict: wait}", "3:20 E0111", "3:36 E0110"),
                top("concurrency: {max: 1, group: \"${{ steps.a.state }}\"}", "3:35 E0207"),
                top("deadlines: [{from: queued}]", "3:13 E0102", "3:13 E0102"),
                top("deadlines: {}", "3:12 E0103"),
                // steps
                step("  b: {}", "5:3 E0102"),
                step("  b: noop", "5:6 E0103"),
                step("  B-b: {uses: noop}", "5:3 E0105"),
                step("  b: {uses: shel, run: x}", "5:13 E0141"),
                step("  b: {uses: shell}", "5:3 E0102"),
                step("  b: {uses: shell, run: }", "5:24 E0104"),
                step("  b: {uses: shell, run: ''}", "5:25 E0150"),
                step("  b: {uses: noop, run: x}", "5:24 E0150"),
                step("  b: {uses: noop, neds: [first]}", "5:19 E0101"),
                step("  b: {uses: noop, needs: [frist]}", "5:27 E0142"),
                step("  b: {uses: noop, needs: first}", "5:26 E0103"),
                step("  b: {uses: noop, needs: [first, first]}", "5:34 E0120"),
                step("  b: {uses: noop, needs: {first: [done]}}", "5:35 E0110"),
                step("  b: {uses: noop, needs: {first: []}}", "5:34 E0104"),
                step("  b: {uses: noop, needs: {frist: [failed]}}", "5:27 E0142"),
                step("  b: {uses: noop, needs: [b]}", "5:27 E0143"),
                step("  b: {uses: noop, needs: [first], join: all-ok}", "5:41 E0110"),
                step(
                        "  b: {uses: noop, timeout: 0s, on-error: ignore, priority: 1000}",
                        "5:28 E0111",
                        "5:42 E0110",
                        "5:60 E0111"),
                step(
                        "  b: {uses: noop, retry: {max: -1, backoff: 0.5, jitter: 2}}",
                        "5:32 E0111",
                        "5:45 E0111",
                        "5:58 E0111"),
                step("  b: {uses: noop, retry: {delay: 5s}}", "5:26 E0102"),
                step("  b: {uses: noop, retry: {max: 1, delay: 5m, max-delay: 1m}}", "5:57 E0116"),
                step("  b: {uses: noop, foreach: {as: x}}", "5:28 E0102"),
                step("  b: {uses: noop, foreach: {in: '[1]', as: run}}", "5:44 E0116"),
                step(
                        "  b: {uses: noop, foreach: {in: '[1]', as: import, max-parallel: 0, fail-fast: 1}}",
                        "5:44 E0116",
                        "5:66 E0111",
                        "5:80 E0107"),
                step("  b: {uses: shell, run: x, secrets: [TOKEN]}", "5:38 E0144"),
                step("  b: {uses: shell, run: x, outputs: {o: {type: int, from: p}}}", "5:59 E0152"),
                step("  b: {uses: http, with: {url: 'http://x'}, outputs: {o: {type: int}}}", "5:54 E0152"),
                step("  b: {uses: http, with: {url: 'http://x'}, outputs: {status: {type: string}}}", "5:54 E0152"),
                step(
                        "  b: {uses: http, with: {url: 'http://x'}, outputs: {o: {type: int, from: 'body..x'}}}",
                        "5:75 E0152"),
                step("  b: {uses: noop, outputs: {o: {type: int}}}", "5:29 E0152"),
                step("  b: {uses: noop, resources: {cpu: x, memory: 5}}", "5:36 E0106", "5:47 E0109"),
                step("  b: {uses: noop, placement: {zoen: x, spread: all}}", "5:31 E0101", "5:48 E0110"),
                step("  b: {uses: noop, pools: {db: 0}, produces: [x]}", "5:31 E0111", "5:46 E0118"),
                step("  b: {uses: noop, depends-on-past: maybe}", "5:36 E0107"),
                // settings
                step("  b: {uses: http}", "5:3 E0150"),
                step("  b: {uses: http, with: []}", "5:25 E0103"),
                step("  b: {uses: http, with: {ulr: x}}", "5:25 E0150", "5:26 E0150"),
                step("  b: {uses: http, with: {url: 'ftp://x', method: get}}", "5:31 E0150", "5:50 E0150"),
                step("  b: {uses: http, with: {url: 'http://x', expect: [200, ok]}}", "5:57 E0150"),
                step("  b: {uses: http, with: {url: 'http://x', headers: {a: [1]}}}", "5:56 E0150"),
                step("  b: {uses: sql, with: {connection: a, query: b, timeout: [1]}}", "5:59 E0150"),
                step("  b: {uses: java, with: {}}", "5:25 E0150"),
                step("  b: {uses: shell, run: 'echo ${{ run.id }}'}", "5:31 E0151"),
                // expressions
                step("  b: {uses: noop, when: 1 +}", "5:28 E0201"),
                step("  b: {uses: noop, when: \"${{ true }}\"}", "5:25 E0201"),
                step("  b: {uses: noop, when: \"'a'\"}", "5:26 E0210"),
                step("  b: {uses: noop, when: true && foo}", "5:33 E0207"),
                step("  b: {uses: noop, when: nope(1)}", "5:25 E0207"),
                step("  b: {uses: noop, when: \"1 == 'a'\"}", "5:28 E0202"),
                step("  b: {uses: noop, when: \"sum(['a']) == 'a'\"}", "5:26 E0202"),
                step("  b: {uses: noop, when: steps.fist.state == 'x'}", "5:25 E0203"),
                step("  b: {uses: noop, when: steps.first.state == 'x'}", "5:25 E0204"),
                step("  b: {uses: noop, needs: [first], when: steps.first.status == 'x'}", "5:41 E0207"),
                step("  b: {uses: noop, needs: [first], when: steps.first.outputs.o == 1}", "5:41 E0206"),
                step("  b: {uses: noop, when: error.kind == 'x'}", "5:25 E0207"),
                step("  b: {uses: noop, when: step.id == 'b'}", "5:25 E0207"),
                step("  b: {uses: noop, when: run.interval == 1}", "5:25 E0207"),
                step("  b: {uses: noop, with: {duration: \"${{ secrets.T }}\"}}", "5:41 E0209"),
                step("  b: {uses: noop, with: {duration: \"${{ }}\"}}", "5:36 E0211"),
                step("  b: {uses: noop, with: {duration: \"${{ 1 \"}}", "5:36 E0211"),
                step("  b: {uses: noop, foreach: {in: 5}}", "5:33 E0210"),
                step("  b: {uses: noop, retry: {max: 1, when: error.nope == 1}}", "5:41 E0207"),
                step("  b: {uses: noop, when: '" + "1 == 1 && ".repeat(500) + "true'}", "5:25 E0208"),
                step("hooks: {on-fail: {}}", "5:9 E0101"),
                step("hooks: {always: {h: {uses: noop, needs: [first]}}}", "5:42 E0142"),
                step("hooks: {always: {h: {uses: noop, when: \"steps.nope.state == 'x'\"}}}", "5:41 E0203"),
                step("outputs: {o: {type: int, value: \"'a'\"}}", "5:34 E0210"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_broken_rule_is_told_at_its_place(String yaml, List<String> places) {
        assertThat(Compiling.places(yaml).stream().filter(p -> p.contains(" E")).toList())
                .as(yaml)
                .isEqualTo(places);
    }

    static Stream<Arguments> outputs() {
        return Stream.of(
                Arguments.of("{uses: noop, needs: [a], when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: [b], when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: {a: [succeeded]}, when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: {b: [failed]}, when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: [a], join: any-succeeded, when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: [b, c], join: any-succeeded, when: steps.a.outputs.n > 1}", true),
                Arguments.of("{uses: noop, needs: [each], when: sum(steps.each.outputs.n) > 1}", true),
                Arguments.of("{uses: noop, needs: [a], when: \"steps.a.outputs.?n.orValue(0) > 1\"}", true),
                Arguments.of("{uses: noop, needs: [a], when: has(steps.a.outputs.n)}", true),
                Arguments.of("{uses: noop, needs: {a: [failed]}, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: {a: [succeeded, failed]}, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: {b: [succeeded, skipped]}, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [a], join: all-done, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [a], join: none-failed, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [a, r], join: any-succeeded, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [a], join: always, when: steps.a.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [warned], when: steps.warned.outputs.n > 1}", false),
                Arguments.of("{uses: noop, needs: [some], when: sum(steps.some.outputs.n) > 1}", false));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void an_output_is_plain_only_where_the_join_guarantees_success(String last, boolean accepted) {
        var places = Compiling.places("""
                version: 1
                name: w
                steps:
                  r: {uses: noop}
                  a: {uses: shell, run: x, outputs: {n: {type: int}}}
                  b: {uses: noop, needs: [a]}
                  c: {uses: noop, needs: [a, r]}
                  warned: {uses: shell, run: x, on-error: warn, outputs: {n: {type: int}}}
                  each: {uses: shell, run: x, foreach: {in: "[1]"}, outputs: {n: {type: int}}}
                  some: {uses: shell, run: x, foreach: {in: "[1]", max-failures: 1}, outputs: {n: {type: int}}}
                  last: %s
                """.formatted(last)).stream()
                .filter(p -> p.contains("E0"))
                .toList();
        if (accepted) {
            assertThat(places).isEmpty();
        } else {
            assertThat(places).hasSize(1).first().asString().endsWith("E0205");
        }
    }

    @Test
    void outputs_of_a_run_are_plain_where_a_good_run_surely_has_them() {
        var frame = """
                version: 1
                name: w
                steps:
                  a: {uses: shell, run: x, outputs: {n: {type: int}}}
                  b: {uses: shell, run: x, needs: [a], when: "%s", outputs: {n: {type: int}}}
                  c: {uses: shell, run: x, outputs: {n: {type: int}}}
                  d: {uses: noop, needs: {c: [failed]}}
                outputs: {o: {type: int, value: "%s"}}
                """;
        assertThat(Compiling.places(frame.formatted("true", "steps.a.outputs.n")))
                .isEmpty();
        assertThat(Compiling.places(frame.formatted("true", "steps.b.outputs.n")))
                .containsExactly("8:34 E0205");
        assertThat(Compiling.places(frame.formatted("true", "steps.c.outputs.n")))
                .containsExactly("8:34 E0205");
        assertThat(Compiling.places(frame.formatted("true", "steps.b.outputs.?n.orValue(0)")))
                .isEmpty();
    }

    @Test
    void a_hook_reads_main_steps_as_optional_and_its_own_ancestors_as_others_do() {
        var frame = """
                version: 1
                name: w
                steps:
                  a: {uses: shell, run: x, outputs: {n: {type: int}}}
                hooks:
                  always:
                    a: {uses: shell, run: x, outputs: {m: {type: int}}}
                    h: {uses: noop, needs: [a], when: "%s"}
                    i: {uses: noop, when: "%s"}
                  on-failure:
                    j: {uses: noop, when: "%s"}
                """;
        assertThat(Compiling.places(
                        frame.formatted("steps.a.outputs.m > 0", "true", "steps.a.outputs.?n.orValue(0) > 0")))
                .isEmpty();
        assertThat(Compiling.places(frame.formatted("true", "steps.a.outputs.m > 0", "steps.a.outputs.n > 0")))
                .containsExactly("9:28 E0204", "11:28 E0205");
    }

    @Test
    void a_circle_is_shown_as_its_path_and_every_knot_is_told() {
        var problems = Compiling.problems("""
                version: 1
                name: w
                steps:
                  start: {uses: noop}
                  a: {uses: noop, needs: [start, c]}
                  b: {uses: noop, needs: [a]}
                  c: {uses: noop, needs: [b]}
                  after: {uses: noop, needs: [c]}
                  x: {uses: noop, needs: [y]}
                  y: {uses: noop, needs: [x]}
                """);
        assertThat(problems).extracting(Problem::code).containsExactly("E0143", "E0143");
        assertThat(problems.getFirst().message()).endsWith("a -> b -> c -> a");
        assertThat(problems.getFirst().line()).isEqualTo(5);
        assertThat(problems.getFirst().column()).isEqualTo(34);
        assertThat(problems.getLast().message()).endsWith("x -> y -> x");
    }

    @Test
    void a_hole_in_a_script_is_answered_with_the_line_to_write() {
        var problem = Compiling.problems("""
                version: 1
                name: w
                inputs: {day: {type: date}}
                steps:
                  a:
                    uses: shell
                    run: |
                      set -e
                      ./load ${{ inputs.day }}
                """).getFirst();
        assertThat(problem.code()).isEqualTo("E0151");
        assertThat(problem.line()).isEqualTo(9);
        assertThat(problem.column()).isEqualTo(14);
        assertThat(problem.length()).isEqualTo("${{ inputs.day }}".length());
        assertThat(problem.hint().orElseThrow())
                .contains("env: {DAY: \"${{ inputs.day }}\"}")
                .contains("\"$DAY\"");
    }

    @Test
    void pointers_escape_what_rfc_6901_escapes() {
        var problem = Compiling.problems("version: 1\nname: w\nlabels: {\"a/b~c\": [x]}\n" + STEPS)
                .getFirst();
        assertThat(problem.pointer()).isEqualTo("/labels/a~1b~0c");
    }

    @Test
    void too_many_steps_are_refused() {
        var yaml = new StringBuilder("version: 1\nname: w\nsteps:\n");
        for (var i = 0; i < 10_001; i++) {
            yaml.append("  s").append(i).append(": {uses: noop}\n");
        }
        assertThat(Compiling.places(yaml.toString())).containsExactly("10004:3 E0140");
    }

    @Test
    void the_text_form_shows_the_lines_and_underlines_the_place() {
        var yaml = """
                version: 1
                name: w
                steps:
                  quality: {uses: noop}
                  load:
                    uses: noop
                    needs: [quality, qualty]
                """;
        assertThat(ProblemText.render(Compiling.problems(yaml).getFirst(), yaml))
                .isEqualTo("""
                test.yaml:7:22: error E0142: unknown step 'qualty' in needs (did you mean 'quality'?)
                    6 |     uses: noop
                    7 |     needs: [quality, qualty]
                      |                      ^^^^^^
                """);
    }

    @Test
    void everything_wrong_is_told_in_one_go_in_order_of_position() {
        var problems = Compiling.problems("""
                nmae: w
                version: 1
                steps:
                  a: {uses: noop, timeout: x, needs: [zz]}
                  b: {uses: shel, when: 1 +}
                """);
        assertThat(problems.stream().map(p -> p.line() + " " + p.code()))
                .containsExactly("1 E0101", "1 E0102", "4 E0108", "4 E0142", "5 E0141", "5 E0201");
    }
}
