package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lets a worker that is drained take steps again. */
@Command(description = "Let a worker that is drained take steps again.")
final class ResumeCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "WORKER", description = "a name, or the id of one start of it")
    private String worker = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ResumeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).required()) {
            var answer = connection.client().drain(worker, true);
            new Output(environment.out(), output.format)
                    .object(
                            answer,
                            json -> json.path("worker").asString(""),
                            out -> out.println(worker + " takes steps again"));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
