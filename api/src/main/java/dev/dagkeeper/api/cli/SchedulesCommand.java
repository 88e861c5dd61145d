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
    private static final List<String> SUBCOMMANDS = List.of("list", "next", "fires", "pause", "resume", "trigger");

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

    /** The command with the subcommand that is named; with none before an option; with all to list or suggest them. */
    static CommandLine withSubcommands(Environment environment, String named) {
        var line = new CommandLine(new SchedulesCommand(environment));
        var help = named.equals("-h") || named.equals("--help");
        var needed = SUBCOMMANDS.contains(named)
                ? List.of(named)
                : named.startsWith("-") && !help ? List.<String>of() : SUBCOMMANDS;
        needed.forEach(name -> line.addSubcommand(name, create(name, environment)));
        return line;
    }

    private static Object create(String name, Environment environment) {
        return switch (name) {
            case "list" -> new SchedulesCommand(environment);
            case "next" -> new NextFiresCommand(environment);
            case "fires" -> new FiresCommand(environment);
            case "pause" -> new PauseCommand(environment, false);
            case "resume" -> new PauseCommand(environment, true);
            case "trigger" -> new TriggerCommand(environment);
            default -> throw new IllegalArgumentException("no command 'schedules " + name + "'");
        };
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
                    next(schedule),
                    schedule.path("reason").asString(schedule.path("waitsFor").asString("")));
        }
        return table;
    }

    private static String next(JsonNode schedule) {
        // What goes by datasets has no times.
        var pattern = schedule.path("schedule");
        boolean over =
                schedule.path("state").asString("").equals("active") && !pattern.has("all") && !pattern.has("any");
        return schedule.path("next").path(0).path("local").asString(over ? "none to come" : "");
    }
}
