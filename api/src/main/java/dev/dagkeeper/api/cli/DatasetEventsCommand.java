package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists updates of datasets. */
@Command(description = "List updates of datasets, newest first, with the runs that have seen them.")
final class DatasetEventsCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(arity = "0..1", paramLabel = "URI", description = "updates of this dataset; default of all")
    private @Nullable String uri;

    @Option(names = "--run", paramLabel = "RUN", description = "updates that this run was created for")
    private @Nullable String run;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DatasetEventsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).toAsk()) {
            var client = connection.client();
            var seenBy = Optional.ofNullable(run)
                    .map(selector -> client.run(selector).id());
            var events = client.datasets().events(Optional.ofNullable(uri), seenBy, limit);
            if (events.isEmpty()) {
                environment.err().println("No updates.");
            }
            new Output(environment.out(), output.format)
                    .list(events, DatasetEventsCommand::id, out -> table(events).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** Its number as text. */
    static String id(JsonNode event) {
        return event.path("id").asString("");
    }

    private static Table table(List<JsonNode> events) {
        var table = new Table("EVENT", "DATASET", "AT", "FROM", "DATA", "SEEN BY");
        for (var event : events) {
            table.row(
                    id(event),
                    event.path("uri").asString(""),
                    ScheduleText.utc(event.path("at")),
                    event.path("run").isString()
                            ? event.path("workflow").asString("") + "/"
                                    + event.path("step").asString("")
                            : event.path("recordedBy").asString(""),
                    event.path("data").isNull()
                            ? ""
                            : Table.plain(event.path("data").toString()),
                    StreamSupport.stream(event.path("consumedBy").spliterator(), false)
                            .map(DatasetEventsCommand::use)
                            .collect(Collectors.joining(", ")));
        }
        return table;
    }

    private static String use(JsonNode use) {
        return use.path("schedule").asString("") + " " + use.path("run").asString("skipped, see 'schedules fires'");
    }
}
