package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows how far a backfill has come. */
@Command(description = "Show a backfill and how far it has come.")
final class BackfillGetCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "ID", description = "its number")
    private String id = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BackfillGetCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var number = BackfillText.number(id);
        try (var connection = new Connector(environment, server).toAsk()) {
            var backfill = connection.client().backfill(number);
            new Output(environment.out(), output.format)
                    .object(backfill, BackfillText::id, out -> BackfillText.show(out, backfill));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
