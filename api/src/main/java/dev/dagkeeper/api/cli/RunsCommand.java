package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunQuery;
import dev.dagkeeper.workflow.Durations;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs; the other commands about runs are its subcommands. */
@Command(name = "runs", description = "List runs, newest first; wait for, watch or end them.")
final class RunsCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--state", paramLabel = "STATES", description = "states, separated by commas; or active")
    private @Nullable String states;

    @Option(names = "--workflow", paramLabel = "NAME", description = "runs of this workflow")
    private @Nullable String workflow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "created after this RFC 3339 time, or this long ago (2h)")
    private @Nullable String since;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many; default ${DEFAULT-VALUE}")
    private int limit = 50;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    RunsCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new RunsCommand(environment))
                .addSubcommand("list", new RunsCommand(environment))
                .addSubcommand("get", new StatusCommand(environment))
                .addSubcommand("wait", new WaitCommand(environment))
                .addSubcommand("watch", new WatchCommand(environment))
                .addSubcommand("cancel", new EndCommand(environment, false))
                .addSubcommand("kill", new EndCommand(environment, true));
    }

    @Override
    public Integer call() throws Exception {
        if (limit < 1) {
            throw new Failure(ExitCode.USAGE, "--limit is " + limit + "; expected 1 or more");
        }
        var steps = output.format != OutputOption.Format.table && output.format != OutputOption.Format.name;
        var query = new RunQuery(
                Optional.ofNullable(states),
                Optional.ofNullable(workflow),
                Optional.ofNullable(since).map(this::time),
                steps,
                limit);
        try (var connection = new Connector(environment, server).toAsk()) {
            var runs = connection.client().runs(query);
            if (runs.isEmpty()) {
                environment.err().println("No runs.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            runs.stream().map(Run::json).toList(),
                            run -> run.path("id").asString(""),
                            out -> StatusText.runs(runs, environment.clock().instant())
                                    .print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private String time(String text) {
        var ago = Durations.parse(text);
        if (ago.isPresent()) {
            return environment.clock().instant().minus(ago.get()).toString();
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toString();
        } catch (DateTimeParseException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    "--since is '" + text
                            + "'; expected a time such as 2026-01-31T08:00:00Z, or how long ago: 90s, 2h");
        }
    }
}
