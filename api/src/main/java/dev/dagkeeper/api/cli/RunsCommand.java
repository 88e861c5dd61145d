package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunQuery;
import dev.dagkeeper.workflow.Durations;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
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
    private static final List<String> SUBCOMMANDS = List.of("list", "get", "wait", "watch", "cancel", "kill");

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

    /** The command with the subcommand that is named; with none before an option; with all to list or suggest them. */
    static CommandLine withSubcommands(Environment environment, String named) {
        var line = new CommandLine(new RunsCommand(environment));
        needed(named).forEach(name -> line.addSubcommand(name, create(name, environment)));
        return line;
    }

    private static List<String> needed(String named) {
        if (SUBCOMMANDS.contains(named)) {
            return List.of(named);
        }
        var help = named.equals("-h") || named.equals("--help");
        return named.startsWith("-") && !help ? List.of() : SUBCOMMANDS;
    }

    private static Object create(String name, Environment environment) {
        return switch (name) {
            case "list" -> new RunsCommand(environment);
            case "get" -> new StatusCommand(environment);
            case "wait" -> new WaitCommand(environment);
            case "watch" -> new WatchCommand(environment);
            case "cancel" -> new EndCommand(environment, false);
            case "kill" -> new EndCommand(environment, true);
            default -> throw new IllegalArgumentException("no command 'runs " + name + "'");
        };
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
