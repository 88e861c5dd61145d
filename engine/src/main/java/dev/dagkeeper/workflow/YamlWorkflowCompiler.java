package dev.dagkeeper.workflow;

/** Reads workflows from YAML text as the language narrows it. Thread-safe. */
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
        var outside = new Problems(new SourceText(file, ""));
        if (source.length > limits.fileBytes()) {
            outside.add(
                    Code.FILE_TOO_LARGE,
                    SourceText.Place.START,
                    Path.TOP,
                    "the file has " + source.length + " bytes, at most " + limits.fileBytes() + " are allowed",
                    "");
            return new Compilation.Rejected(outside.sorted());
        }
        var text = SourceText.decode(file, source, outside);
        return text.isPresent() ? compile(text.get()) : new Compilation.Rejected(outside.sorted());
    }

    private Compilation compile(SourceText source) {
        var problems = new Problems(source);
        var draft = YamlReader.read(source, limits, problems)
                .flatMap(root -> new WorkflowBinder(types, limits, problems).bind(root));
        if (draft.isEmpty()) {
            return new Compilation.Rejected(problems.sorted());
        }
        var resolution = new NeedsResolver(draft.get().steps, problems).resolve();
        var expressions = new ExpressionBinder(draft.get(), resolution, limits, problems);
        var workflow = new WorkflowAssembler(draft.get(), resolution, expressions, problems).assemble();
        if (problems.hasErrors()) {
            return new Compilation.Rejected(problems.sorted());
        }
        Warnings.check(draft.get(), resolution, expressions.inputsRead(), problems);
        return new Compilation.Accepted(workflow, problems.sorted());
    }
}
