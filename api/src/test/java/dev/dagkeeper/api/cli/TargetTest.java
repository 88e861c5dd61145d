package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @Test
    void reads_run_step_instance_and_attempt() {
        assertThat(Target.parse("0197-ab/load[2]#3"))
                .isEqualTo(new Target("0197-ab", Optional.of("load"), OptionalInt.of(2), OptionalInt.of(3)));
        assertThat(Target.parse("@latest/on-failure.page"))
                .isEqualTo(new Target(
                        "@latest", Optional.of("on-failure.page"), OptionalInt.empty(), OptionalInt.empty()));
        assertThat(Target.parse("@failed"))
                .isEqualTo(new Target("@failed", Optional.empty(), OptionalInt.empty(), OptionalInt.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/step", "a/", "a/B", "a/b#x", "a b", "a/b[", "../x", "a/b#99999999999"})
    void refuses_what_names_nothing(String text) {
        assertThatThrownBy(() -> Target.parse(text))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void a_step_is_not_a_run() {
        assertThatThrownBy(() -> Target.run("0197/load")).hasMessageContaining("expected a run: 0197");
    }
}
