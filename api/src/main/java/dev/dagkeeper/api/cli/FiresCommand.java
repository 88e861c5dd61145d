package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.FireQuery;
import dev.dagkeeper.workflow.Durations;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists what came of the fires of a trigger. */
@Command(description = "List what came of the fires of a trigger, newest first.")
final class FiresCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "SCHEDULE", description = "[NAMESPACE.]WORKFLOW[.TRIGGER]")
    private String schedule = "";

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOMES",
            description = "started, queued, skipped, missed; several separated by commas")
    private @Nullable String outcomes;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "at this RFC 3339 time or later, or since so long ago (2h)")
    private @Nullable String since;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    FiresCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        var selector = ScheduleText.selector(schedule);
        var query = new FireQuery(
                Optional.ofNullable(outcomes), Optional.ofNullable(since).map(this::time), limit);
        try (var connection = new Connector(environment, server).toAsk()) {
            var fires = connection.client().fires(selector, query);
            if (fires.isEmpty()) {
                environment.err().println("No fires.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            fires,
                            fire -> ScheduleText.utc(fire.path("fire")),
                            out -> table(fires).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private String time(String text) {
        return Durations.parse(text)
                .map(ago -> environment.clock().instant().minus(ago).toString())
                .orElseGet(() -> ScheduleText.time("--since", text));
    }

    private static Table table(List<JsonNode> fires) {
        var table = new Table("FIRE", "UTC", "OUTCOME", "RUN", "STATE", "REASON");
        for (var fire : fires) {
            table.row(
                    fire.path("local").asString(""),
                    ScheduleText.utc(fire.path("fire")),
                    fire.path("outcome").asString("").toUpperCase(java.util.Locale.ROOT),
                    fire.path("run").asString(""),
                    fire.path("runState").asString(""),
                    fire.path("reason").asString(""));
        }
        return table;
    }
}
