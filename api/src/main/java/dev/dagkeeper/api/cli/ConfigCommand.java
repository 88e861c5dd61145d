package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the live settings; the other commands about configuration are its subcommands. */
@Command(
        name = "config",
        description = {
            "Show or change the settings that hold while everything runs: get, set, unset, history, rollback.",
            "'config show' prints every value, those that a process is started with included."
        })
final class ConfigCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "this one alone; its value, and nothing else")
    private @Nullable String key;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ConfigCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new ConfigCommand(environment))
                .addSubcommand("get", new ConfigCommand(environment))
                .addSubcommand("set", new ConfigChange(environment, false))
                .addSubcommand("unset", new ConfigChange(environment, true))
                .addSubcommand("history", new ConfigHistory(environment))
                .addSubcommand("rollback", new ConfigRollback(environment))
                .addSubcommand("show", new ConfigShow(environment));
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var values = LiveValues.of(connection.client().config());
            if (key == null) {
                new Output(environment.out(), output.format)
                        .list(
                                values,
                                value -> value.path("key").asString(""),
                                out -> LiveValues.table(values).print(out));
                return ExitCode.SUCCEEDED.number();
            }
            var found = new ArrayList<JsonNode>(values);
            found.removeIf(value -> !value.path("key").asString("").equals(key));
            if (found.isEmpty()) {
                throw LiveValues.missing(
                        "there is no live setting '" + key + "'",
                        key,
                        values.stream()
                                .map(value -> value.path("key").asString(""))
                                .toList());
            }
            new Output(environment.out(), output.format)
                    .object(
                            found.getFirst(),
                            value -> value.path("key").asString(""),
                            out -> out.println(found.getFirst().path("value").asString("")));
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** What a value written on the command line is: a whole number, or a text. */
    static JsonNode value(String text) {
        var factory = JsonMapper.shared().getNodeFactory();
        return text.matches("-?[0-9]{1,18}") ? factory.numberNode(Long.parseLong(text)) : factory.stringNode(text);
    }
}
