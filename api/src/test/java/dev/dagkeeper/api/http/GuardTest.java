package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
    private static final String TOKEN = "0123456789abcdef";

    private final Guard guard = new Guard(new HttpSettings("127.0.0.1", 0, TOKEN, HttpLimits.DEFAULT));

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.0.0.1", "[::1]", "[::1]:8080"})
    void names_of_this_machine_are_let_in(String host) {
        assertThatCode(() -> guard.checkHost(Optional.of(host))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil", "[::2]:1"})
    void names_that_were_made_to_mean_this_machine_are_not(String host) {
        assertThatThrownBy(() -> guard.checkHost(Optional.of(host)))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(421));
        assertThatThrownBy(() -> guard.checkHost(Optional.empty())).isInstanceOf(ApiProblem.class);
    }

    @Test
    void the_token_opens() {
        assertThatCode(() -> guard.checkToken(Optional.of("Bearer " + TOKEN))).doesNotThrowAnyException();
        assertThatCode(() -> guard.checkToken(Optional.of("bearer " + TOKEN))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic 0123456789abcdef", "Bearer 0123456789abcdeX", TOKEN})
    void anything_else_does_not(String authorization) {
        assertThatThrownBy(() -> guard.checkToken(Optional.of(authorization)))
                .isInstanceOfSatisfying(ApiProblem.class, problem -> {
                    assertThat(problem.status()).isEqualTo(401);
                    assertThat(problem.headers()).containsKey("WWW-Authenticate");
                });
    }

    @Test
    void a_token_that_could_be_guessed_is_not_accepted_as_one() {
        assertThatThrownBy(() -> new HttpSettings("127.0.0.1", 0, "short", HttpLimits.DEFAULT))
                .hasMessageContaining("at least 16");
    }

    @Test
    void settings_do_not_show_the_token() {
        assertThat(new HttpSettings("127.0.0.1", 0, TOKEN, HttpLimits.DEFAULT).toString())
                .doesNotContain(TOKEN);
    }
}
