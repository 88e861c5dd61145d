package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Watches a run that somebody started. */
@Command(name = "watch", description = "Watch a run until it ends; Ctrl-C stops watching, not the run.")
final class WatchCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "RUN", description = "an id, the beginning of one, @latest or @failed")
    private String run = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    WatchCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var found = connection.client().run(Target.run(run));
            if (connection.isHosted() && !found.state().isFinal()) {
                throw WaitCommand.nobodyRuns(found);
            }
            var ended = watch.watch(environment, connection.client(), found);
            return ExitCode.of(ended.state()).number();
        }
    }
}
