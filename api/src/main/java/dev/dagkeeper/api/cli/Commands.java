package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Set;

/** The commands by name. Each is created, and its class loaded, only when it is asked for. */
final class Commands {
    /** In the order of the help. */
    static final List<String> NAMES = List.of(
            "run",
            "validate",
            "graph",
            "plan",
            "schema",
            "deploy",
            "diff",
            "workflows",
            "schedules",
            "backfill",
            "datasets",
            "submit",
            "runs",
            "status",
            "logs",
            "why",
            "alerts",
            "workers",
            "cluster",
            "queue",
            "pools",
            "config",
            "locks",
            "doctor",
            "server",
            "bench",
            "completion",
            "version");

    /** Those that leave the end of what they host to shutdown hooks. */
    static final Set<String> HOSTING = Set.of("run", "server", "bench");

    private Commands() {}

    /**
     * A command, ready to be added.
     *
     * @param next the argument after the command's name, for commands that make only the subcommand they are asked for; {@code -}
     *     when there is none, empty for all of them
     */
    static Object create(String name, String next, Environment environment) {
        return switch (name) {
            case "run" -> new RunCommand(environment);
            case "validate" -> new ValidateCommand(environment);
            case "graph" -> new GraphCommand(environment);
            case "plan" -> new PlanCommand(environment);
            case "schema" -> new SchemaCommand(environment);
            case "deploy" -> new DeployCommand(environment);
            case "diff" -> new DiffCommand(environment);
            case "workflows" -> WorkflowsCommand.withSubcommands(environment);
            case "schedules" -> SchedulesCommand.withSubcommands(environment, next);
            case "backfill" -> BackfillCommand.withSubcommands(environment);
            case "datasets" -> DatasetsCommand.withSubcommands(environment);
            case "submit" -> new SubmitCommand(environment);
            case "runs" -> RunsCommand.withSubcommands(environment, next);
            case "status" -> new StatusCommand(environment);
            case "logs" -> new LogsCommand(environment);
            case "why" -> new WhyCommand(environment);
            case "alerts" -> AlertsCommand.withSubcommands(environment);
            case "workers" -> WorkersCommand.withSubcommands(environment, next);
            case "cluster" -> new ClusterCommand(environment);
            case "queue" -> new QueueCommand(environment);
            case "pools" -> PoolsCommand.withSubcommands(environment);
            case "config" -> ConfigCommand.withSubcommands(environment);
            case "locks" -> new LocksCommand(environment);
            case "doctor" -> new DoctorCommand(environment);
            case "server" -> new ServerCommand(environment);
            case "bench" -> new BenchCommand(environment);
            case "completion" -> new CompletionCommand(environment);
            case "version" -> new VersionCommand(environment);
            default -> throw new IllegalArgumentException("no command '" + name + "'");
        };
    }
}
