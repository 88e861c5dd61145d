package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunRequestTest {
    private static final String HASH = "a".repeat(64);

    @Test
    void a_source_comes_with_its_files_and_inputs() {
        var request = parse("""
                {"source": "version: 1", "fileName": "a.yaml",
                 "files": {"data/x.csv": {"sha256": "%s", "size": 3, "executable": true}},
                 "inputs": {"n": 3}, "inputTexts": {"day": "2026-01-31"}, "priority": -5, "at": "2026-01-31T00:00:00Z"}
                """.formatted(HASH));

        assertThat(request.what()).isInstanceOfSatisfying(RunRequest.What.Given.class, given -> {
            assertThat(given.source().fileName()).isEqualTo("a.yaml");
            assertThat(given.source().text()).isEqualTo("version: 1");
            assertThat(given.source().files()).singleElement().satisfies(file -> {
                assertThat(file.path()).isEqualTo("data/x.csv");
                assertThat(file.sha256()).isEqualTo(HASH);
                assertThat(file.size()).isEqualTo(3);
                assertThat(file.executable()).isTrue();
            });
        });
        assertThat(request.inputs().get("n")).hasToString("3");
        assertThat(request.inputTexts()).containsEntry("day", "2026-01-31");
        assertThat(request.priority()).contains(-5);
        assertThat(request.at()).contains(Instant.parse("2026-01-31T00:00:00Z"));
    }

    @Test
    void a_deployed_workflow_is_in_the_default_namespace_unless_told() {
        assertThat(parse("{\"workflow\": \"w\", \"priority\": null}").what())
                .isEqualTo(new RunRequest.What.Deployed("default", "w", java.util.Optional.empty()));
        assertThat(parse("{\"workflow\": \"w\", \"namespace\": \"n\", \"revision\": 2}")
                        .what())
                .isEqualTo(new RunRequest.What.Deployed("n", "w", java.util.Optional.of(2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{} | either 'workflow' or 'source'",
                "{'workflow': 'w', 'source': 's'} | found both",
                "{'workflow': 1} | expected text for 'workflow'",
                "{'workfow': 'w'} | unknown field 'workfow'",
                "{'source': 's', 'namespace': 'n'} | a source names its own namespace",
                "{'workflow': 'w', 'priority': 101} | from -100 to 100",
                "{'workflow': 'w', 'priority': 1.5} | a whole number",
                "{'workflow': 'w', 'at': 'now'} | expected a time",
                "{'workflow': 'w', 'inputs': []} | an object for 'inputs'",
                "{'workflow': 'w', 'inputTexts': {'a': 1}} | expected text for 'inputTexts.a'",
                "{'source': 's', 'files': {'a': {'sha256': 'x', 'size': 1}}} | 64 lower-case hexadecimal digits",
                "{'source': 's', 'files': {'a': {'size': 1}}} | 'sha256' is missing in 'files.a'",
                "[] | the body to be an object",
            })
    void what_does_not_fit_is_refused_with_the_place(String body, String telling) {
        assertThatThrownBy(() -> parse(body.replace('\'', '"')))
                .hasMessageContaining(telling)
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(422));
    }

    @ParameterizedTest
    @CsvSource(
            value = {"{", "{'a': 1, 'a': 2}", "{} {}", "''", "{'workflow': 'w'"},
            quoteCharacter = '"')
    void what_is_not_json_is_malformed(String body) {
        assertThatThrownBy(() -> parse(body.replace("''", "").replace('\'', '"')))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @ParameterizedTest
    @CsvSource({"/etc/passwd", "../a", "a/../b", "a//b", "./a", "a\\b", "a/", "''"})
    void a_file_outside_the_workflows_directory_is_refused(String path) {
        var body = "{\"source\": \"s\", \"files\": {\"%s\": {\"sha256\": \"%s\", \"size\": 1}}}"
                .formatted(path.replace("\\", "\\\\"), HASH);

        assertThatThrownBy(() -> parse(body)).hasMessageContaining("below the workflow's directory");
    }

    @Test
    void files_over_32_mib_together_are_too_large() {
        var file = "{\"sha256\": \"%s\", \"size\": 20000000}".formatted(HASH);

        assertThatThrownBy(() -> parse("{\"source\": \"s\", \"files\": {\"a\": %s, \"b\": %s}}".formatted(file, file)))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(413));
    }

    @Test
    void a_source_over_the_limit_is_too_large() {
        var body = "{\"source\": \"%s\"}".formatted("x".repeat(HttpLimits.DEFAULT.sourceBytes() + 1));

        assertThatThrownBy(() -> parse(body))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(413));
    }

    private static RunRequest parse(String body) {
        return RunRequest.parse(body.getBytes(StandardCharsets.UTF_8), HttpLimits.DEFAULT);
    }
}
