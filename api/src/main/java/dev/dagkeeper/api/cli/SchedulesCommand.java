package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists the triggers of deployed workflows; the other commands about them are its subcommands. */
@Command(
        name = "schedules",
        description =
                "List the triggers of deployed workflows; see when they fire and what came of it, pause or start them.")
final class SchedulesCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--workflow", paramLabel = "NAME", description = "triggers of this workflow")
    private @Nullable String workflow;

    @Option(names = "--namespace", paramLabel = "NAME", description = "triggers of workflows in this namespace")
    private @Nullable String namespace;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    SchedulesCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new SchedulesCommand(environment))
                .addSubcommand("list", new SchedulesCommand(environment))
                .addSubcommand("next", new NextFiresCommand(environment))
                .addSubcommand("fires", new FiresCommand(environment))
                .addSubcommand("pause", new PauseCommand(environment, false))
                .addSubcommand("resume", new PauseCommand(environment, true))
                .addSubcommand("trigger", new TriggerCommand(environment));
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var schedules =
                    connection.client().schedules(Optional.ofNullable(namespace), Optional.ofNullable(workflow));
            if (schedules.isEmpty()) {
                environment.err().println("No schedules.");
            }
            new Output(environment.out(), output.format)
                    .list(schedules, ScheduleText::id, out -> table(schedules).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(List<JsonNode> schedules) {
        var table = new Table("SCHEDULE", "WHEN", "STATE", "NEXT", "REASON");
        for (var schedule : schedules) {
            table.row(
                    ScheduleText.id(schedule),
                    schedule.path("when").asString(""),
                    schedule.path("state").asString(""),
                    schedule.path("next").path(0).path("local").asString(""),
                    schedule.path("reason").asString(""));
        }
        return table;
    }
}
