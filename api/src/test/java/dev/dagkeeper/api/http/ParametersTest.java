package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ParametersTest {
    @Test
    void a_misspelt_parameter_is_refused_with_the_ones_there_are() {
        refused(() -> Parameters.of(Map.of("stat", List.of("x")), List.of("state", "label")), "state, label");
    }

    @Test
    void a_single_parameter_given_twice_is_refused() {
        refused(() -> parameters("state", "a", "b").text("state"), "2 times");
        assertThat(parameters("label", "a=1", "b=2").all("label")).containsExactly("a=1", "b=2");
    }

    @Test
    void numbers_are_held_to_their_range() {
        assertThat(parameters("pageSize", "500").pageSize()).isEqualTo(500);
        assertThat(parameters("other", "1").pageSize()).isEqualTo(50);
        for (var bad : List.of("0", "501", "-1", "x", "1.5", "99999999999999999999")) {
            refused(() -> parameters("pageSize", bad).pageSize(), "1 to 500");
        }
        refused(() -> parameters("since", "-1").longNumber("since", 0), "at least 0");
        assertThat(parameters("since", "9007199254740993").longNumber("since", 0))
                .isEqualTo(9007199254740993L);
    }

    @Test
    void flags_and_times_are_read_strictly() {
        assertThat(parameters("follow", "true").flag("follow")).isTrue();
        refused(() -> parameters("follow", "yes").flag("follow"), "true or false");
        assertThat(parameters("at", "2026-01-31T13:00:00.5+01:00").time("at"))
                .contains(Instant.parse("2026-01-31T12:00:00.5Z"));
        refused(() -> parameters("at", "yesterday").time("at"), "2026-01-31T12:00:00Z");
    }

    private static Parameters parameters(String name, String... values) {
        return Parameters.of(Map.of(name, List.of(values)), List.of(name, "pageSize", "state"));
    }

    private static void refused(ThrowingCallable call, String telling) {
        assertThatThrownBy(call)
                .hasMessageContaining(telling)
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(400));
    }
}
