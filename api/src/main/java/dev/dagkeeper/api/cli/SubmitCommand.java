package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts a run and leaves it to itself. */
@Command(name = "submit", description = "Start a run on a running server and print its id.")
final class SubmitCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final RunOptions what = new RunOptions();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    SubmitCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var prepared = what.prepare(environment);
        try (var connection = new Connector(environment, server).required()) {
            var run = prepared.submit(connection.client());
            new Output(environment.out(), output.format)
                    .object(run.json(), json -> run.id(), out -> out.println(run.id()));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
