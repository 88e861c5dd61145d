package dev.dagkeeper.api.cli;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.ProblemText;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Reads and checks workflow files in this process, with the step types on the class path. */
final class Workflows {
    private Workflows() {}

    /** The step types that executors on the class path offer. */
    static StepTypes types() {
        return StepTypes.of(ServiceLoader.load(Executor.class).stream()
                .map(found -> found.get().type())
                .toList());
    }

    /** Checks a file's content. */
    static Compilation check(String name, byte[] source) {
        return new YamlWorkflowCompiler(types(), Limits.DEFAULT).compile(name, source);
    }

    /** The checked workflow; warnings are printed, errors end the command. */
    static Workflow accepted(Environment environment, String name, byte[] source) {
        return switch (check(name, source)) {
            case Compilation.Accepted accepted -> {
                print(environment.err(), accepted.warnings(), source);
                yield accepted.workflow();
            }
            case Compilation.Rejected rejected -> {
                print(environment.err(), rejected.problems(), source);
                throw new Failure(ExitCode.USAGE, name + " is not valid");
            }
        };
    }

    /** The bytes of a file that a user named. */
    static byte[] read(Environment environment, String name) {
        var path = environment.resolve(name);
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new Failure(ExitCode.USAGE, "cannot read " + name + ": " + reason(path, e));
        }
    }

    /** Prints problems with excerpts of their source. */
    static void print(PrintStream to, List<Problem> problems, byte[] source) {
        if (!problems.isEmpty()) {
            var text = new String(source, StandardCharsets.UTF_8);
            problems.forEach(problem -> to.print(ProblemText.render(problem, text)));
        }
    }

    /** Whether an argument names a file rather than a deployed workflow. */
    static boolean isFile(Environment environment, String argument) {
        return argument.contains("/")
                || argument.endsWith(".yaml")
                || argument.endsWith(".yml")
                || Files.exists(environment.resolve(argument));
    }

    private static String reason(Path path, IOException e) {
        if (!Files.exists(path)) {
            return "there is no such file";
        }
        return Files.isDirectory(path) ? "it is a directory" : String.valueOf(e.getMessage());
    }
}
