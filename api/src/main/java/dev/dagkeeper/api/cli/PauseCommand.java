package dev.dagkeeper.api.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Holds triggers back, or ends that. */
@Command(
        description = {
            "Pause or resume triggers. What would have fired during a pause is skipped and not made up for;",
            "the first fire after it is started. resume also ends the pause of a trigger after failed runs."
        })
final class PauseCommand implements Callable<Integer> {
    private final Environment environment;
    private final boolean resume;

    @Parameters(arity = "1..*", paramLabel = "SCHEDULE", description = "[NAMESPACE.]WORKFLOW[.TRIGGER]")
    private List<String> schedules = List.of();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    PauseCommand(Environment environment, boolean resume) {
        this.environment = environment;
        this.resume = resume;
    }

    @Override
    public Integer call() throws Exception {
        var selectors = schedules.stream().map(ScheduleText::selector).toList();
        try (var connection = new Connector(environment, server).required()) {
            var answers = new ArrayList<JsonNode>();
            for (var selector : selectors) {
                answers.add(connection.client().pause(selector, resume));
            }
            new Output(environment.out(), output.format)
                    .list(answers, ScheduleText::id, out -> answers.forEach(answer -> tell(out, answer)));
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** What is so now, which may have been so before. */
    static void tell(PrintStream out, JsonNode schedule) {
        var next = schedule.path("next").path(0).path("local").asString("");
        out.println(ScheduleText.id(schedule) + " is " + schedule.path("state").asString("")
                + (next.isEmpty() ? "" : ", next fire " + next));
    }
}
