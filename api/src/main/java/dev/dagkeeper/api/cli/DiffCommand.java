package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ApiException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares a file with what is deployed. */
@Command(name = "diff", description = "Show how a file differs from the deployed workflow; exit code 1 when it does.")
final class DiffCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "FILE", description = "a workflow file")
    private String file = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    DiffCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var local = WorkflowFile.read(environment, file);
        try (var connection = new Connector(environment, server).toAsk()) {
            var deployed = deployed(connection, local.head());
            var lines = new LineDiff(
                            deployed.lines().toList(),
                            local.head().text().lines().toList())
                    .lines();
            if (lines.isEmpty()) {
                environment.err().println("No differences.");
                return ExitCode.SUCCEEDED.number();
            }
            environment
                    .out()
                    .println("--- " + local.head().namespace() + "/"
                            + local.head().name() + " (deployed)");
            environment.out().println("+++ " + file);
            lines.forEach(environment.out()::println);
            return ExitCode.FAILED.number();
        }
    }

    /** The deployed source; nothing when the workflow is new. */
    private static String deployed(Connection connection, WorkflowHead head) {
        try {
            return connection
                    .client()
                    .workflow(head.namespace(), head.name())
                    .path("source")
                    .asString("");
        } catch (ApiException e) {
            if (e.status() == 404) {
                return "";
            }
            throw e;
        }
    }
}
