package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptTest {
    private static final List<String> OFFERED =
            List.of("application/json", "application/x-ndjson", "text/event-stream");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | application/json",
                "application/x-ndjson | application/x-ndjson",
                "text/* | text/event-stream",
                "TEXT/Event-Stream | text/event-stream",
                "application/json;q=0.5, text/event-stream | text/event-stream",
                "application/*;q=0.9, application/json;q=0.1 | application/x-ndjson",
                "text/html, application/xhtml+xml, */*;q=0.8 | application/json",
            })
    void the_heaviest_type_wins_and_the_first_among_equals(String header, String expected) {
        assertThat(Accept.choose(header, OFFERED)).isEqualTo(expected);
    }

    @Test
    void nothing_acceptable_is_an_error() {
        for (var header : List.of("text/html", "application/json;q=0", "application/json;q=x", "")) {
            assertThatThrownBy(() -> Accept.choose(header, OFFERED))
                    .as(header)
                    .isInstanceOfSatisfying(
                            ApiProblem.class,
                            problem -> assertThat(problem.status()).isEqualTo(406));
        }
    }
}
