package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks workflow files without a server. For people the problems go to standard error as a compiler's do, and the verdict
 * to standard output; {@code -o json} puts one object a file on standard output, in an array when there are several files.
 */
@Command(name = "validate", description = "Check workflows without running them; needs no server.")
final class ValidateCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "workflow files")
    private List<String> files = List.of();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    final HelpOption help = new HelpOption();

    ValidateCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        var results = new ArrayList<JsonNode>();
        var valid = true;
        for (var file : files) {
            var source = Workflows.read(environment, file);
            switch (Workflows.check(file, source)) {
                case Compilation.Accepted accepted -> {
                    results.add(result(file, accepted.workflow(), accepted.warnings()));
                    tell(accepted.warnings(), source, file + " is valid: " + counts(accepted.workflow()));
                }
                case Compilation.Rejected rejected -> {
                    valid = false;
                    results.add(result(file, rejected.problems()));
                    tell(rejected.problems(), source, file + " is not valid: " + counts(rejected.problems()));
                }
            }
        }
        if (results.size() == 1) {
            new Output(environment.out(), output.format).object(results.getFirst(), ValidateCommand::name, out -> {});
        } else {
            new Output(environment.out(), output.format).list(results, ValidateCommand::name, out -> {});
        }
        return (valid ? ExitCode.SUCCEEDED : ExitCode.USAGE).number();
    }

    private void tell(List<Problem> problems, byte[] source, String verdict) {
        if (output.format == OutputOption.Format.table) {
            Workflows.print(environment.err(), problems, source);
            environment.out().println(verdict);
        }
    }

    private static String counts(Workflow workflow) {
        var steps = workflow.steps().size();
        var reserved = workflow.reserved().isEmpty()
                ? ""
                : "; cannot run yet because of: "
                        + String.join(
                                ", ",
                                workflow.reserved().stream()
                                        .map(Workflow.Reserved::what)
                                        .distinct()
                                        .toList());
        return workflow.name() + ", " + steps + (steps == 1 ? " step" : " steps") + reserved;
    }

    private static String counts(List<Problem> problems) {
        var errors = problems.stream().filter(Problem::isError).count();
        return errors + (errors == 1 ? " error" : " errors");
    }

    private static ObjectNode result(String file, Workflow workflow, List<Problem> warnings) {
        var json = result(file, warnings);
        json.put("valid", true);
        json.put("workflow", workflow.name());
        json.put("namespace", workflow.namespace());
        json.put("steps", workflow.steps().size());
        return json;
    }

    private static ObjectNode result(String file, List<Problem> problems) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("file", file).put("valid", false);
        json.putNull("workflow").putNull("namespace").putNull("steps");
        var errors = json.putArray("errors");
        var warnings = json.putArray("warnings");
        problems.forEach(problem -> (problem.isError() ? errors : warnings).add(Problems.json(problem)));
        return json;
    }

    private static String name(JsonNode result) {
        return result.path("workflow").asString("");
    }
}
