package dev.dagkeeper.executors;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.dagkeeper.executor.ExecutorCatalog;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each step type publishes, held against settings that a user might write. */
class SchemasTest {
    private final ExecutorCatalog catalog = ExecutorCatalog.load(SchemasTest.class.getClassLoader());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "noop  | {}                                                    | true",
                "noop  | {\"duration\": \"250ms\"}                             | true",
                "noop  | {\"duration\": 5}                                     | false",
                "noop  | {\"time\": \"5s\"}                                    | false",
                "shell | {\"interpreter\": \"bash -eu\"}                       | true",
                "shell | {\"interpreter\": [\"python3\"]}                      | true",
                "shell | {\"interpreter\": []}                                 | false",
                "http  | {\"url\": \"http://x/\", \"expect\": [200, \"3xx\"]}  | true",
                "http  | {\"connection\": \"c\"}                               | true",
                "http  | {\"method\": \"GET\"}                                 | false",
                "http  | {\"url\": \"http://x/\", \"expect\": \"9xx\"}         | false",
                "http  | {\"url\": \"http://x/\", \"body\": {\"a\": [1]}}      | true",
                "sql   | {\"connection\": \"c\", \"query\": \"select 1\"}      | true",
                "sql   | {\"query\": \"select 1\"}                             | false",
                "sql   | {\"connection\": \"c\", \"query\": \"q\", \"statements\": [\"s\"]} | false"
            })
    void settings_are_accepted_or_refused(String type, String with, boolean accepted) {
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(catalog.find(type).orElseThrow().type().with());
        assertThat(schema.validate(with, InputFormat.JSON).isEmpty()).isEqualTo(accepted);
    }
}
