package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WarningsTest {
    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("b: {uses: noop, needs: [a]}", List.of()),
                Arguments.of("b: {uses: noop, join: always}", List.of("5:25 W0006")),
                Arguments.of("b: {uses: noop, needs: [maybe]}", List.of("5:27 W0003")),
                Arguments.of("b: {uses: noop, needs: [maybe], join: all-succeeded}", List.of()),
                Arguments.of("b: {uses: noop, needs: [maybe], join: none-failed}", List.of()),
                Arguments.of("b: {uses: noop, needs: {maybe: [succeeded, skipped]}}", List.of()),
                Arguments.of("b: {uses: noop, needs: {a: [skipped]}}", List.of("5:27 W0002")),
                Arguments.of("b: {uses: noop, needs: {maybe: [skipped]}}", List.of()),
                Arguments.of("b: {uses: noop, needs: {a: [upstream-failed]}}", List.of("5:27 W0002")),
                Arguments.of("b: {uses: noop, needs: {a: [failed]}, join: all-failed}", List.of("5:47 W0002")),
                Arguments.of("b: {uses: noop, needs: {a: [failed]}, join: any-failed}", List.of("5:47 W0002")),
                Arguments.of("b: {uses: noop, needs: [a], join: all-skipped}", List.of("5:37 W0002")),
                Arguments.of("b: {uses: noop, needs: [maybe], join: all-skipped}", List.of()),
                Arguments.of("b: {uses: noop, needs: [a], join: all-failed}", List.of()),
                Arguments.of("b: {uses: noop, env: {A: x}}", List.of("5:24 W0005")),
                Arguments.of("b: {uses: shell, run: x, env: {A: x}}", List.of()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_step_is_warned_about(String step, List<String> places) {
        assertThat(Compiling.places("""
                version: 1
                name: w
                steps:
                  a: {uses: noop}
                  %s
                  maybe: {uses: noop, when: run.id == 'x'}
                """.formatted(step))).as(step).isEqualTo(places);
    }

    static Stream<Arguments> declarations() {
        return Stream.of(
                Arguments.of("inputs: {i: {type: int}}", List.of("3:10 W0001")),
                Arguments.of("inputs: {i: {type: int}}\nenv: {I: \"${{ inputs.i }}\"}", List.of()),
                Arguments.of("inputs: {i: {type: int}}\noutputs: {o: {type: int, value: inputs.i}}", List.of()),
                Arguments.of("secrets: {S: {from: env}}", List.of("3:11 W0004")),
                Arguments.of("triggers: {t: {cron: '30 2 31 2 *', timezone: UTC}}", List.of("3:22 W0007")),
                Arguments.of("triggers: {t: {cron: '0 0 31 4,6 *', timezone: UTC}}", List.of("3:22 W0007")),
                Arguments.of("triggers: {t: {cron: '0 0 30 feb *', timezone: UTC}}", List.of("3:22 W0007")),
                Arguments.of("triggers: {t: {cron: '0 0 */3 2 MON#5', timezone: UTC}}", List.of("3:22 W0007")),
                Arguments.of("triggers: {t: {cron: '0 0 31W 2 *', timezone: UTC}}", List.of("3:22 W0007")),
                Arguments.of("triggers: {t: {cron: '0 0 31 2,3 *', timezone: UTC}}", List.of()),
                Arguments.of("triggers: {t: {cron: '0 0 30 2 MON', timezone: UTC}}", List.of()),
                Arguments.of("triggers: {t: {cron: '0 0 */28 2 MON#5', timezone: UTC}}", List.of()));
    }

    @ParameterizedTest
    @MethodSource("declarations")
    void a_declaration_is_warned_about(String yaml, List<String> places) {
        assertThat(Compiling.places("version: 1\nname: w\n" + yaml + "\nsteps: {a: {uses: noop}}"))
                .isEqualTo(places);
    }
}
