package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Compiles workflows written in tests. */
public final class Compiling {
    private static final YamlWorkflowCompiler COMPILER = new YamlWorkflowCompiler(TestTypes.all(), Limits.DEFAULT);

    private Compiling() {}

    /** The workflow, which must have no errors. */
    public static Workflow accepted(String yaml) {
        var result = compile(yaml);
        assertThat(result).isInstanceOf(WorkflowCompiler.Compilation.Accepted.class);
        return ((WorkflowCompiler.Compilation.Accepted) result).workflow();
    }

    static WorkflowCompiler.Compilation compile(String yaml) {
        return COMPILER.compile("test.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    static List<Problem> problems(String yaml) {
        return switch (compile(yaml)) {
            case WorkflowCompiler.Compilation.Accepted(var workflow, var warnings) -> warnings;
            case WorkflowCompiler.Compilation.Rejected(var problems) -> problems;
        };
    }

    /** Every problem as {@code line:column code}. */
    static List<String> places(String yaml) {
        return problems(yaml).stream()
                .map(p -> p.line() + ":" + p.column() + " " + p.code())
                .toList();
    }
}
