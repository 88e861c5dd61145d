package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.LanguageSchema;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Prints the JSON Schema of the language. */
@Command(name = "schema", description = "Print the JSON Schema of the language, or of one part; needs no server.")
final class SchemaCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "keys from the top, joined by dots, such as steps.retry; or a step type, such as shell")
    private @Nullable String path;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "json, the only form there is")
    private String format = "json";

    @Mixin
    final HelpOption help = new HelpOption();

    SchemaCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (!format.equals("json")) {
            throw new Failure(ExitCode.USAGE, "a schema is JSON; -o " + format + " does not apply");
        }
        environment
                .out()
                .println(JsonMapper.shared()
                        .writer()
                        .with(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(schema()));
        return ExitCode.SUCCEEDED.number();
    }

    private ObjectNode schema() {
        var types = Workflows.types();
        var part = path;
        if (part == null) {
            return LanguageSchema.full(types);
        }
        return LanguageSchema.part(types, part)
                .orElseThrow(() -> new Failure(
                        ExitCode.NOT_FOUND,
                        "the language has no part '" + part + "'",
                        "Top-level keys are parts (steps, inputs, triggers, ...), and step types: "
                                + String.join(", ", types.names())));
    }
}
