package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists the versions of the live settings. */
@Command(description = "List the versions of the live settings, newest first: when, by whom, why, and what was set.")
final class ConfigHistory implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ConfigHistory(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1 || limit > 500) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 to 500");
        }
        try (var connection = new Connector(environment, server).toAsk()) {
            var versions = connection.client().configVersions(limit);
            new Output(environment.out(), output.format)
                    .list(versions, version -> version.path("version").asString(""), out -> {
                        var table = new Table("VERSION", "CHANGED", "BY", "NOTE", "SETTINGS");
                        versions.forEach(version -> table.row(
                                version.path("version").asLong(0),
                                version.path("changedAt").asString(""),
                                version.path("changedBy").asString(""),
                                version.path("note").asString(""),
                                settings(version)));
                        table.print(out);
                    });
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static String settings(JsonNode version) {
        return version.path("settings").properties().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().asString(""))
                .collect(Collectors.joining(" "));
    }
}
