package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Shows one run. */
@Command(name = "status", description = "Show one run: its steps, their states and reasons.")
final class StatusCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "RUN", description = "an id, the beginning of one, @latest or @failed")
    private String run = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    StatusCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var found = complete(connection.client(), connection.client().run(Target.run(run)));
            new Output(environment.out(), output.format)
                    .object(
                            found.json(),
                            json -> found.id(),
                            out -> StatusText.print(
                                    out, found, environment.clock().instant()));
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** Where the form has no limit, all steps are fetched, page by page. */
    private Run complete(DagkeeperClient client, Run found) {
        if (found.hasSteps() || output.format == OutputOption.Format.table) {
            return found;
        }
        var json = ((ObjectNode) found.json()).deepCopy();
        var steps = json.putArray("steps");
        client.steps(found.id()).forEach(step -> steps.add(step.json()));
        json.putNull("stepsPage");
        return new Run(json);
    }
}
