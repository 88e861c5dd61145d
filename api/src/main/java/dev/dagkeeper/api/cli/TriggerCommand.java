package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a run by hand, as a trigger would. */
@Command(
        description = {
            "Start a run as a trigger would, with its inputs and for its last complete interval; prints the run's id.",
            "It is no fire, and works while the trigger is paused."
        })
final class TriggerCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "SCHEDULE", description = "[NAMESPACE.]WORKFLOW[.TRIGGER]")
    private String schedule = "";

    @Option(
            names = {"-i", "--input"},
            paramLabel = "NAME=VALUE",
            description = "an input instead of the trigger's")
    private List<String> inputs = List.of();

    @Option(
            names = {"-f", "--inputs"},
            paramLabel = "FILE",
            description = "a YAML map of inputs; -i wins")
    private @Nullable String inputsFile;

    @Option(names = "--at", paramLabel = "TIME", description = "the run's nominal time, RFC 3339; default now")
    private @Nullable String at;

    @Option(names = "--key", paramLabel = "KEY", description = "starting again with the same key starts nothing new")
    private @Nullable String key;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    TriggerCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var selector = ScheduleText.selector(schedule);
        var values = InputValues.read(environment, inputs, Optional.ofNullable(inputsFile));
        var time = Optional.ofNullable(at).map(text -> ScheduleText.time("--at", text));
        var once = Optional.ofNullable(key).orElseGet(() -> UUID.randomUUID().toString());
        try (var connection = new Connector(environment, server).required()) {
            var run = connection.client().trigger(selector, values, time, once);
            new Output(environment.out(), output.format)
                    .object(run.json(), json -> run.id(), out -> out.println(run.id()));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
