package dev.dagkeeper.api.cli;

import dev.dagkeeper.schedule.ManualRuns;
import dev.dagkeeper.workflow.Schedule;
import dev.dagkeeper.workflow.Workflow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Says what would run, and runs nothing. */
@Command(
        name = "plan",
        description = {
            "Say what would run at a time, in which order and with which inputs; has no effect and needs no server.",
            "Of each trigger the first fire that is not before the time; without triggers a run started by hand then."
        })
final class PlanCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "FILE", description = "a workflow file")
    private String file = "";

    @Option(names = "--at", paramLabel = "TIME", description = "an RFC 3339 time; default now")
    private @Nullable String at;

    @Option(names = "--trigger", paramLabel = "NAME", description = "only this trigger")
    private @Nullable String trigger;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "NAME=VALUE",
            description = "an input, instead of the trigger's")
    private List<String> inputs = List.of();

    @Option(
            names = {"-f", "--inputs"},
            paramLabel = "FILE",
            description = "a YAML map of inputs; -i wins")
    private @Nullable String inputsFile;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    final HelpOption help = new HelpOption();

    PlanCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        var time = at == null ? environment.clock().instant() : Instant.parse(ScheduleText.time("--at", at));
        var given = InputValues.read(environment, inputs, Optional.ofNullable(inputsFile));
        var workflow = Workflows.accepted(environment, file, Workflows.read(environment, file));
        var plan = new Plan(workflow, time, given);
        var only = Optional.ofNullable(trigger).map(id -> named(workflow, id));
        var runs = plan.runs(only);
        var onDatasets = only.map(List::of).orElse(workflow.triggers()).stream()
                .filter(one -> one.schedule().when() instanceof Schedule.When.Datasets)
                .toList();
        onDatasets.forEach(one -> environment
                .err()
                .println("Trigger " + one.id() + " fires by updates, and not by the clock: "
                        + dev.dagkeeper.schedule.ScheduleText.when(one.schedule()) + "."));
        if (runs.isEmpty() && onDatasets.isEmpty()) {
            environment.err().println("Nothing fires at " + time + " or later.");
        }
        var json = JsonMapper.shared().createObjectNode();
        json.put("workflow", workflow.name());
        json.put("namespace", workflow.namespace());
        json.put("at", time.toString());
        var array = json.putArray("runs");
        runs.forEach(array::add);
        workflow.reserved()
                .forEach(reserved -> environment
                        .err()
                        .println(file + ":" + reserved.line() + ":" + reserved.column() + ": not carried out yet: "
                                + reserved.what()));
        new Output(environment.out(), output.format)
                .object(json, _ -> workflow.name(), out -> PlanText.print(out, json));
        return ExitCode.SUCCEEDED.number();
    }

    private static dev.dagkeeper.workflow.Trigger named(Workflow workflow, String id) {
        return ManualRuns.named(workflow, id)
                .orElseThrow(() -> new Failure(ExitCode.USAGE, ManualRuns.unknown(workflow, id)));
    }
}
