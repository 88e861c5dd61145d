package dev.dagkeeper.api.cli;

import dev.dagkeeper.config.Configuration;
import dev.dagkeeper.config.ConfigurationException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prints every setting with its source. */
@Command(
        description = {
            "Print every setting with its source: what a process started here now would have, from options, the environment,",
            "dagkeeper.yaml and the defaults; and the live settings of the server, where one runs."
        })
final class ConfigShow implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ConfigShow(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var connector = new Connector(environment, server);
        var values = new ArrayList<JsonNode>();
        for (var value : configuration(connector).values()) {
            values.add(LiveValues.one(
                    value.key(),
                    JsonMapper.shared().getNodeFactory().stringNode(value.text()),
                    value.source().describe()));
        }
        var found = connector.find();
        if (found.isPresent()) {
            try (var connection = found.get()) {
                for (var live : LiveValues.of(connection.client().config())) {
                    values.add(LiveValues.one(
                            live.path("key").asString(""),
                            live.path("value"),
                            "live " + live.path("source").asString("")));
                }
            }
        } else {
            environment.err().println("No server runs here: the live settings are not shown.");
        }
        new Output(environment.out(), output.format)
                .list(
                        values,
                        value -> value.path("key").asString(""),
                        out -> LiveValues.table(values).print(out));
        return ExitCode.SUCCEEDED.number();
    }

    private Configuration configuration(Connector connector) {
        try {
            var named = Optional.ofNullable(server.server)
                    .map(url -> Map.of("--server", url))
                    .orElse(Map.of());
            return Configuration.load(
                    new Configuration.Flags(named, Optional.of(connector.dataDirectory()), Optional.empty()),
                    environment.variables());
        } catch (ConfigurationException e) {
            throw new Failure(ExitCode.USAGE, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
