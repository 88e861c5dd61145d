package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.Run;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a run, shows it to its end, and hosts an engine for it when there is none. */
@Command(
        name = "run",
        description = {
            "Start a run and watch it. Hosts an engine when no server is configured or found, until nothing is active",
            "and no client is connected. Ctrl-C cancels the run and waits; a second one leaves at once."
        })
final class RunCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final RunOptions what = new RunOptions();

    @Option(names = "--slots", paramLabel = "N", description = "steps at once, when this hosts the engine; default 16")
    private @Nullable Integer slots;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    RunCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (slots != null && slots < 1) {
            throw new Failure(ExitCode.USAGE, "--slots is " + slots + "; expected 1 or more");
        }
        if (environment.outIsTerminal()) {
            // Warnings of an engine hosted here would run through the live view; they are in the run's history too.
            System.setProperty(LogSetup.PROPERTY, System.getProperty(LogSetup.PROPERTY, "ERROR"));
        }
        var prepared = what.prepare(environment);
        var connector = new Connector(environment, server);
        var found = connector.find();
        if (found.isEmpty()) {
            // Nothing is started, or created on disk, for a workflow that cannot run.
            prepared.file().ifPresent(WorkflowFile::check);
        }
        var limit = slots == null ? OptionalInt.empty() : OptionalInt.of(slots);
        try (var connection = found.isPresent() ? found.get() : connector.toRun(limit)) {
            return run(connection, prepared).number();
        }
    }

    private ExitCode run(Connection connection, RunOptions.Prepared prepared) throws Exception {
        var closing = new Thread(connection::close, "close-engine");
        Runtime.getRuntime().addShutdownHook(closing);
        var run = prepared.submit(connection.client());
        environment.err().println("run " + run.id());
        Run ended;
        try (var interrupts = Interrupts.of(environment, connection.client(), run.id())) {
            interrupts.begin();
            watch.own = true;
            ended = watch.watch(environment, connection.client(), run);
            connection.awaitIdle();
        }
        return ExitCode.of(ended.state());
    }
}
