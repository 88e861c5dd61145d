package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
    private static final Route.Handler NOTHING = call -> new Answer.Empty(204);

    private final Router router = new Router(List.of(
            Route.get("/v1/runs", NOTHING),
            Route.post("/v1/runs", NOTHING),
            Route.get("/v1/runs/{id}", NOTHING),
            Route.post("/v1/runs/{id}:cancel", NOTHING),
            Route.get("/v1/runs/{id}/steps/{step}/attempts", NOTHING),
            Route.post("/v1/workflows:validate", NOTHING)));

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/runs, /v1/runs",
        "POST, /v1/runs, /v1/runs",
        "GET, /v1/runs/abc, /v1/runs/{id}",
        "GET, /v1/runs/@latest, /v1/runs/{id}",
        "POST, /v1/runs/abc:cancel, /v1/runs/{id}:cancel",
        "POST, /v1/runs/abc%3Acancel, /v1/runs/{id}:cancel",
        "GET, /v1/runs/abc:other, /v1/runs/{id}",
        "POST, /v1/workflows:validate, /v1/workflows:validate",
    })
    void a_path_means_its_most_specific_template(String method, String path, String template) {
        assertThat(router.match(method, path).route().template()).isEqualTo(template);
    }

    @Test
    void variables_are_decoded() {
        var match = router.match("GET", "/v1/runs/%40latest/steps/on-failure.page%2B1+2/attempts");

        assertThat(match.variables()).containsEntry("id", "@latest").containsEntry("step", "on-failure.page+1+2");
    }

    @Test
    void a_verb_is_not_part_of_the_variable() {
        assertThat(router.match("POST", "/v1/runs/@failed:cancel").variables()).containsEntry("id", "@failed");
    }

    @ParameterizedTest
    @CsvSource({"/v1", "/v1/runs/", "/v1/runs/a/b", "/", "/v2/runs", "/v1/runs/:cancel/x"})
    void an_unknown_path_is_not_found(String path) {
        assertThatThrownBy(() -> router.match("GET", path))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(404));
    }

    @Test
    void another_method_is_told_which_ones_there_are() {
        assertThatThrownBy(() -> router.match("DELETE", "/v1/runs"))
                .isInstanceOfSatisfying(ApiProblem.class, problem -> {
                    assertThat(problem.status()).isEqualTo(405);
                    assertThat(problem.headers()).containsEntry("Allow", "GET, POST");
                });
    }

    @Test
    void a_broken_percent_encoding_is_a_bad_request() {
        assertThatThrownBy(() -> router.match("GET", "/v1/runs/%4"))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @Test
    void two_routes_for_one_operation_are_a_mistake() {
        var route = Route.get("/v1/runs", NOTHING);

        assertThatThrownBy(() -> new Router(List.of(route, route))).isInstanceOf(IllegalArgumentException.class);
    }
}
