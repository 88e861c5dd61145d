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

/** Lists backfills; the other commands about them are its subcommands. */
@Command(name = "backfill", description = "List backfills, newest first; create, pause, resume or cancel them.")
final class BackfillCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--workflow", paramLabel = "NAME", description = "backfills of this workflow")
    private @Nullable String workflow;

    @Option(names = "--namespace", paramLabel = "NAME", description = "backfills of workflows in this namespace")
    private @Nullable String namespace;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BackfillCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new BackfillCommand(environment))
                .addSubcommand("create", new BackfillCreateCommand(environment))
                .addSubcommand("list", new BackfillCommand(environment))
                .addSubcommand("get", new BackfillGetCommand(environment))
                .addSubcommand("pause", new BackfillChangeCommand(environment, "pause"))
                .addSubcommand("resume", new BackfillChangeCommand(environment, "resume"))
                .addSubcommand("cancel", new BackfillChangeCommand(environment, "cancel"));
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).toAsk()) {
            var backfills =
                    connection.client().backfills(Optional.ofNullable(namespace), Optional.ofNullable(workflow), limit);
            if (backfills.isEmpty()) {
                environment.err().println("No backfills.");
            }
            new Output(environment.out(), output.format)
                    .list(backfills, BackfillText::id, out -> table(backfills).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static Table table(List<JsonNode> backfills) {
        var table = new Table("ID", "SCHEDULE", "FROM", "TO", "STATE", "PROGRESS");
        for (var backfill : backfills) {
            table.row(
                    BackfillText.id(backfill),
                    backfill.path("schedule").asString(""),
                    ScheduleText.utc(backfill.path("from")),
                    ScheduleText.utc(backfill.path("to")),
                    backfill.path("state").asString(""),
                    BackfillText.progress(backfill));
        }
        return table;
    }
}
