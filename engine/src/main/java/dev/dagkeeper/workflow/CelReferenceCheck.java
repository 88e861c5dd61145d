package dev.dagkeeper.workflow;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSource;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the names that one parsed expression uses and tells those that it must not use, or not so. */
final class CelReferenceCheck {
    private static final Map<ExpressionScope.Root, List<String>> FIELDS = Map.of(
            ExpressionScope.Root.RUN, List.of("id", "workflow", "revision", "time", "interval", "trigger", "events"),
            ExpressionScope.Root.STEP, List.of("id", "attempt"),
            ExpressionScope.Root.ERROR, List.of("kind", "exit_code", "message"));

    private final Surroundings surroundings;
    private final ExpressionText text;
    private final ExpressionScope scope;
    private final CelSource source;
    private final Problems problems;
    private final Map<String, CelType> inputs = new HashMap<>();
    private final Map<String, CelReferences.Upstream> steps = new HashMap<>();
    private boolean sound = true;

    /** What all expressions of a workflow have in common. */
    record Surroundings(WorkflowDraft draft, StepNames names, Optional<Guarantees> guarantees) {}

    private CelReferenceCheck(
            Surroundings surroundings,
            ExpressionText text,
            ExpressionScope scope,
            CelSource source,
            Problems problems) {
        this.surroundings = surroundings;
        this.text = text;
        this.scope = scope;
        this.source = source;
        this.problems = problems;
    }

    /** What it reads; empty, and told, when something is wrong with a name. */
    static Optional<CelReferences> check(
            Surroundings surroundings,
            ExpressionText text,
            ExpressionScope scope,
            Optional<CelReferences.LoopVariable> loop,
            CelAbstractSyntaxTree parsed,
            Problems problems) {
        var check = new CelReferenceCheck(surroundings, text, scope, parsed.getSource(), problems);
        check.visit(parsed.getExpr(), Set.of());
        return check.sound ? Optional.of(new CelReferences(check.inputs, check.steps, loop)) : Optional.empty();
    }

    /** @param bound variables of the comprehensions around, which hide names of the scope */
    private void visit(CelExpr node, Set<String> bound) {
        var chain = CelChain.of(node);
        if (chain.isPresent()) {
            if (!bound.contains(chain.get().name())) {
                visit(chain.get());
            }
            return;
        }
        switch (node.getKind()) {
            case SELECT -> visit(node.select().operand(), bound);
            case CALL -> {
                node.call().target().ifPresent(target -> visit(target, bound));
                node.call().args().forEach(argument -> visit(argument, bound));
            }
            case LIST -> node.list().elements().forEach(item -> visit(item, bound));
            case MAP ->
                node.map().entries().forEach(entry -> {
                    visit(entry.key(), bound);
                    visit(entry.value(), bound);
                });
            case STRUCT -> node.struct().entries().forEach(entry -> visit(entry.value(), bound));
            case COMPREHENSION -> {
                var loop = node.comprehension();
                visit(loop.iterRange(), bound);
                visit(loop.accuInit(), bound);
                var inner = new java.util.HashSet<>(bound);
                inner.addAll(List.of(loop.iterVar(), loop.iterVar2(), loop.accuVar()));
                visit(loop.loopCondition(), inner);
                visit(loop.loopStep(), inner);
                visit(loop.result(), inner);
            }
            case IDENT, CONSTANT, NOT_SET -> {}
        }
    }

    private void visit(CelChain chain) {
        if (chain.name().equals("secrets")) {
            tell(
                    chain,
                    1,
                    Code.SECRET_IN_EXPRESSION,
                    "secrets are not in scope of any expression",
                    "list the name under the step's 'secrets' and read it as an environment variable");
            return;
        }
        for (var root : ExpressionScope.Root.values()) {
            if (root.word().equals(chain.name())) {
                if (scope.roots().contains(root)) {
                    visit(root, chain);
                } else {
                    var known = scope.roots().stream()
                            .sorted()
                            .map(ExpressionScope.Root::word)
                            .toList();
                    tell(
                            chain,
                            1,
                            Code.UNKNOWN_NAME,
                            "'" + chain.name() + "' is not in scope here",
                            "in scope: " + String.join(", ", known));
                }
            }
        }
    }

    private void visit(ExpressionScope.Root root, CelChain chain) {
        switch (root) {
            case INPUTS -> input(chain);
            case ENV -> field(chain, 0, surroundings.draft().env.keySet());
            case RUN -> {
                if (field(chain, 0, FIELDS.getOrDefault(root, List.of()))
                        && chain.links().getFirst().name().equals("interval")) {
                    field(chain, 1, List.of("start", "end"));
                }
            }
            case STEP, ERROR -> field(chain, 0, FIELDS.getOrDefault(root, List.of()));
            case STEPS -> step(chain);
        }
    }

    /** Whether the chain has a known field at that place. */
    private boolean field(CelChain chain, int at, Collection<String> known) {
        if (chain.links().size() <= at) {
            var path = path(chain, at);
            tell(
                    chain,
                    at + 1,
                    Code.UNKNOWN_NAME,
                    "'" + path + "' is no value by itself",
                    "read one of its parts, such as " + path + "."
                            + known.stream().findFirst().orElse("name"));
            return false;
        }
        var name = chain.links().get(at).name();
        if (!known.contains(name)) {
            tell(
                    chain,
                    at + 2,
                    Code.UNKNOWN_NAME,
                    "'" + path(chain, at) + "' has no '" + name + "'",
                    suggest(name, known));
            return false;
        }
        return true;
    }

    private static String suggest(String name, Collection<String> known) {
        return Nearest.to(name, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse(known.isEmpty() || known.size() > 20 ? "" : "it has " + String.join(", ", known));
    }

    private void input(CelChain chain) {
        var declared = surroundings.draft().inputs;
        var names = declared.stream().map(WorkflowDraft.InputDraft::name).toList();
        if (!field(chain, 0, names)) {
            return;
        }
        var link = chain.links().getFirst();
        var input = declared.get(names.indexOf(link.name()));
        inputs.put(input.name(), CelTypes.of(input.type()));
        if (!input.required() && input.defaultValue().isEmpty() && !link.optional() && !link.test()) {
            tell(
                    chain,
                    2,
                    Code.MUST_BE_OPTIONAL,
                    "input '" + input.name() + "' may be missing: it is not required and has no default",
                    "read it as inputs.?" + input.name() + ".orValue(...)");
        }
    }

    private void step(CelChain chain) {
        var links = chain.links();
        if (links.isEmpty()) {
            tell(
                    chain,
                    1,
                    Code.UNKNOWN_NAME,
                    "'steps' is no value by itself",
                    "read steps.<id>.state or steps.<id>.outputs.<name>");
            return;
        }
        var id = links.getFirst().name();
        var found = surroundings.names().find(scope.reader(), id);
        if (found.isEmpty()) {
            tell(
                    chain,
                    2,
                    Code.UNKNOWN_STEP,
                    "unknown step '" + id + "'",
                    Nearest.hint(id, surroundings.names().visible(scope.reader())));
            return;
        }
        var upstream = found.get();
        var outputs = new HashMap<String, CelType>();
        upstream.outputs().forEach(output -> outputs.putIfAbsent(output.name(), CelTypes.ofOutput(upstream, output)));
        steps.put(
                id,
                new CelReferences.Upstream(
                        upstream.ordinal(), outputs, upstream.foreach().isPresent()));
        var known = knowledge(upstream);
        if (!known.ancestor()) {
            tell(
                    chain,
                    2,
                    Code.NOT_AN_ANCESTOR,
                    "this step does not wait for '" + id + "'",
                    "add '" + id + "' to its needs");
        } else if (field(chain, 1, List.of("state", "outputs"))
                && links.get(1).name().equals("outputs")) {
            output(chain, upstream, known, outputs);
        }
    }

    private void output(CelChain chain, StepDraft upstream, Guarantees.Fact known, Map<String, CelType> outputs) {
        var id = upstream.id();
        if (chain.links().size() < 3) {
            tell(
                    chain,
                    3,
                    Code.UNKNOWN_NAME,
                    "'steps." + id + ".outputs' is no value by itself",
                    "read steps." + id + ".outputs.<name>");
            return;
        }
        var link = chain.links().get(2);
        if (!outputs.containsKey(link.name())) {
            tell(
                    chain,
                    4,
                    Code.UNKNOWN_OUTPUT,
                    "step '" + id + "' declares no output '" + link.name() + "'",
                    outputs.isEmpty() ? "declare it under its 'outputs'" : suggest(link.name(), outputs.keySet()));
        } else if (!known.succeeded() && !link.optional() && !link.test()) {
            tell(
                    chain,
                    4,
                    Code.MUST_BE_OPTIONAL,
                    "output '" + link.name() + "' of step '" + id
                            + "' may be missing here: nothing guarantees that the step ended succeeded",
                    "read it as steps." + id + ".outputs.?" + link.name() + ".orValue(...)");
        }
    }

    /** What the reader knows about a step whose outputs it reads. */
    private Guarantees.Fact knowledge(StepDraft upstream) {
        var guarantees = surroundings.guarantees();
        if (guarantees.isEmpty()) {
            // Needs that are wrong already say nothing about who waits for whom.
            return new Guarantees.Fact(true, true);
        }
        return switch (scope.reader()) {
            case ExpressionScope.Reader.Nobody() -> Guarantees.Fact.NONE;
            case ExpressionScope.Reader.WholeRun() ->
                new Guarantees.Fact(true, guarantees.get().succeededInGoodRun(upstream.ordinal()));
            case ExpressionScope.Reader.OneStep(var ordinal) -> {
                var reader = surroundings.draft().steps.get(ordinal);
                // A hook runs after all main steps, however they ended.
                yield reader.phase() != Step.Phase.MAIN && upstream.phase() == Step.Phase.MAIN
                        ? new Guarantees.Fact(true, false)
                        : guarantees.get().fact(ordinal, upstream.ordinal());
            }
        };
    }

    private static String path(CelChain chain, int links) {
        var path = new StringBuilder(chain.name());
        chain.links().stream().limit(links).forEach(link -> path.append('.').append(link.name()));
        return path.toString();
    }

    /** Tells a problem of the first names of a chain. */
    private void tell(CelChain chain, int names, Code code, String message, String hint) {
        sound = false;
        var start = source.getPositionsMap().getOrDefault(chain.root().id(), 0);
        var place = CelPlaces.chain(text, start, names);
        problems.add(
                code,
                text.place(problems.source(), place.offset(), place.length()),
                text.field().path(),
                message,
                hint);
    }
}
