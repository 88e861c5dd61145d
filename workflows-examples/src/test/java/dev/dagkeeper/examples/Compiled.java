package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.schedule.Timetable;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ServiceLoader;

/** Examples as the program has them, for tests that set the clock themselves. */
final class Compiled {
    private Compiled() {}

    static Workflow example(String file) throws IOException {
        var types = StepTypes.of(ServiceLoader.load(Executor.class).stream()
                .map(found -> found.get().type())
                .toList());
        var source = Files.readAllBytes(Repository.EXAMPLES.resolve(file));
        var compiled = new YamlWorkflowCompiler(types, Limits.DEFAULT).compile(file, source);
        assertThat(compiled).isInstanceOf(Compilation.Accepted.class);
        return ((Compilation.Accepted) compiled).workflow();
    }

    /** When its only trigger fires. */
    static Timetable timetable(Workflow workflow) {
        var trigger = workflow.triggers().getFirst();
        return Timetable.of(trigger.schedule(), workflow.namespace() + "/" + workflow.name(), trigger.id());
    }
}
