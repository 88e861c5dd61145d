package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Explains a run or a step in words. */
@Command(name = "why", description = "Say why a run or a step is not running, or why it ended so.")
final class WhyCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "RUN[/STEP]", description = "what to explain")
    private String target = "";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    WhyCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var what = Target.parse(target);
        try (var connection = new Connector(environment, server).toAsk()) {
            var client = connection.client();
            var answer = client.why(what.run(), what.step());
            var whole = what.step().isPresent() && output.format == OutputOption.Format.table
                    ? causes(client, answer.path("run").asString(what.run()), what.step(), answer)
                    : new Explanation(answer);
            new Output(environment.out(), output.format)
                    .object(
                            answer,
                            json -> json.path("run").asString(""),
                            out -> whole.lines().forEach(out::println));
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** A step's causes are steps of which the answer about it says only the state: they are in the run's own answer, or asked for. */
    private static Explanation causes(
            DagkeeperClient client, String run, Optional<String> step, tools.jackson.databind.JsonNode answer) {
        var explanation = new Explanation(answer);
        var known = new Explanation(client.why(run, Optional.empty()));
        return explanation.with(known, step.orElse(""));
    }
}
