package dev.dagkeeper.simulation;

import dev.dagkeeper.run.ScriptedRun;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.TestTypes;
import dev.dagkeeper.workflow.WorkflowCompiler;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Draws small workflows with a trigger that fires for some seconds. Compiled once each. */
final class TriggeredWorkflows {
    private static final WorkflowCompiler COMPILER = new YamlWorkflowCompiler(TestTypes.all(), Limits.DEFAULT);
    private static final Map<String, ScriptedRun> COMPILED = new ConcurrentHashMap<>();

    private TriggeredWorkflows() {}

    /** @param number no other of the history has it */
    static ScriptedRun draw(RandomGenerator random, int number) {
        var policies = OnConflict.values();
        var group = random.nextInt(3) == 0
                ? ""
                : "concurrency: {max: %d, on-conflict: %s}\n"
                        .formatted(1 + random.nextInt(2), word(policies[random.nextInt(policies.length)]));
        var deadline = random.nextInt(4) == 0 ? ", start-deadline: 3s" : "";
        var source = """
                version: 1
                name: w%d
                triggers:
                  t: {every: %ds, until: "2026-11-22T00:00:12Z"%s}
                %ssteps:
                  a: {uses: noop}
                  b: {uses: noop, needs: [a]}
                """.formatted(number, 1 + random.nextInt(3), deadline, group);
        return COMPILED.computeIfAbsent(source, TriggeredWorkflows::compile);
    }

    private static String word(OnConflict policy) {
        return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ScriptedRun compile(String source) {
        return switch (COMPILER.compile("w.yaml", source.getBytes(StandardCharsets.UTF_8))) {
            case WorkflowCompiler.Compilation.Accepted(var workflow, var _) -> ScriptedRun.succeeding(workflow);
            case WorkflowCompiler.Compilation.Rejected(var problems) -> throw new AssertionError(problems.toString());
        };
    }
}
