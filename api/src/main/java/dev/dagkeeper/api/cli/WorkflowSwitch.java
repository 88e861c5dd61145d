package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Pauses or resumes all triggers of a workflow. */
@Command(description = "Pause or resume all triggers of a workflow; its runs are not touched.")
final class WorkflowSwitch implements Callable<Integer> {
    private final Environment environment;
    private final boolean resume;

    @Parameters(paramLabel = "[NAMESPACE/]NAME", description = "a deployed workflow")
    private String workflow = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WorkflowSwitch(Environment environment, boolean resume) {
        this.environment = environment;
        this.resume = resume;
    }

    @Override
    public Integer call() throws Exception {
        var name = WorkflowName.withoutRevision(workflow);
        try (var connection = new Connector(environment, server).required()) {
            var triggers = change(connection.client(), name);
            if (triggers.isEmpty()) {
                environment.err().println(name.namespace() + "/" + name.name() + " has no triggers.");
            }
            new Output(environment.out(), output.format)
                    .list(
                            triggers,
                            ScheduleText::id,
                            out -> triggers.forEach(trigger -> PauseCommand.tell(out, trigger)));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private List<JsonNode> change(DagkeeperClient client, WorkflowName name) {
        // Tells a misspelt workflow from one without triggers.
        name.get(client);
        var changed = new ArrayList<JsonNode>();
        for (var trigger : client.schedules(Optional.of(name.namespace()), Optional.of(name.name()))) {
            changed.add(client.pause(ScheduleText.id(trigger), resume));
        }
        return changed;
    }

    /** Undeploys a workflow. */
    @Command(description = "Undeploy a workflow: its name means nothing any more and its triggers end; its runs stay.")
    static final class Deletion implements Callable<Integer> {
        private final Environment environment;

        @Parameters(paramLabel = "[NAMESPACE/]NAME", description = "a deployed workflow")
        private String workflow = "";

        @Mixin
        private final ServerOptions server = new ServerOptions();

        Deletion(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() throws Exception {
            var name = WorkflowName.withoutRevision(workflow);
            try (var connection = new Connector(environment, server).required()) {
                connection.client().undeploy(name.namespace(), name.name());
                environment.out().println(name.namespace() + "/" + name.name() + " deleted");
                return ExitCode.SUCCEEDED.number();
            }
        }
    }
}
