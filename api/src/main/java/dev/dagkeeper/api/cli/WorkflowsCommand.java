package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists deployed workflows; the other commands about them are its subcommands. */
@Command(
        name = "workflows",
        description = "List the deployed workflows; show one or its history, pause, resume or delete it.")
final class WorkflowsCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WorkflowsCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new WorkflowsCommand(environment))
                .addSubcommand("list", new WorkflowsCommand(environment))
                .addSubcommand("get", new One(environment, false))
                .addSubcommand("history", new One(environment, true))
                .addSubcommand("pause", new WorkflowSwitch(environment, false))
                .addSubcommand("resume", new WorkflowSwitch(environment, true))
                .addSubcommand("delete", new WorkflowSwitch.Deletion(environment));
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var workflows = connection.client().workflows();
            if (workflows.isEmpty()) {
                environment.err().println("No workflows are deployed.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            workflows,
                            WorkflowsCommand::name,
                            out -> table(workflows).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static String name(JsonNode workflow) {
        return workflow.path("namespace").asString("") + "/"
                + workflow.path("name").asString("");
    }

    private static Table table(List<JsonNode> workflows) {
        var table = new Table("NAMESPACE", "NAME", "REVISION", "DEPLOYED");
        for (var workflow : workflows) {
            table.row(
                    workflow.path("namespace").asString(""),
                    workflow.path("name").asString(""),
                    workflow.path("revision").asInt(0),
                    workflow.path("createdAt").asString(""));
        }
        return table;
    }

    /** One workflow: its source, or all its revisions. */
    @Command(description = "Show a deployed workflow: get prints its source, history lists its revisions.")
    static final class One implements Callable<Integer> {
        private final Environment environment;
        private final boolean history;

        @Parameters(paramLabel = "[NAMESPACE/]NAME[@REVISION]", description = "a deployed workflow")
        private String workflow = "";

        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Mixin
        private final OutputOption output = new OutputOption();

        One(Environment environment, boolean history) {
            this.environment = environment;
            this.history = history;
        }

        @Override
        public Integer call() throws Exception {
            var name = WorkflowName.parse(workflow);
            try (var connection = new Connector(environment, server).toAsk()) {
                var client = connection.client();
                var found = name.get(client);
                if (!history) {
                    new Output(environment.out(), output.format)
                            .object(
                                    found,
                                    WorkflowsCommand::name,
                                    out -> out.print(found.path("source").asString("")));
                    return ExitCode.SUCCEEDED.number();
                }
                var revisions = new ArrayList<JsonNode>();
                revisions.add(found);
                for (var number = found.path("revision").asInt(1) - 1; number >= 1; number--) {
                    revisions.add(client.revision(name.namespace(), name.name(), number));
                }
                new Output(environment.out(), output.format)
                        .list(
                                revisions,
                                revision -> WorkflowsCommand.name(revision) + "@"
                                        + revision.path("revision").asInt(0),
                                out -> table(revisions).print(out));
                return ExitCode.SUCCEEDED.number();
            }
        }
    }
}
