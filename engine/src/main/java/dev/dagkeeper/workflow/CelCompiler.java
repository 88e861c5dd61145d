package dev.dagkeeper.workflow;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.TypeType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Parses and type-checks the expressions of one workflow. Not thread-safe; what it makes is. */
final class CelCompiler {
    private static final Set<CelKind> NUMBERS =
            Set.of(CelKind.INT, CelKind.DOUBLE, CelKind.UINT, CelKind.DYN, CelKind.TYPE_PARAM);

    private final CelTypes types;
    private final CelReferenceCheck.Surroundings surroundings;
    private final Problems problems;
    private final Map<Environment, dev.cel.compiler.CelCompiler> compilers = new HashMap<>();
    private final Map<Seen, CelExpression> compiled = new HashMap<>();
    private final Set<String> inputsRead = new HashSet<>();

    private record Environment(Step.Phase phase, Optional<CelReferences.LoopVariable> loop) {}

    /** The same text at two places without steps in it is the same expression. */
    private record Seen(String text, Environment environment, Set<ExpressionScope.Root> roots, Wanted wanted) {}

    CelCompiler(WorkflowDraft draft, Resolution resolution, Problems problems) {
        this.types = CelTypes.of(draft);
        this.surroundings = new CelReferenceCheck.Surroundings(
                draft,
                new StepNames(draft.steps),
                resolution.order().map(order -> new Guarantees(draft.steps, resolution, order, draft.onStepFailure)));
        this.problems = problems;
    }

    /** Names of the inputs that any expression reads. */
    Set<String> inputsRead() {
        return inputsRead;
    }

    Optional<Expression> compile(ExpressionText source, ExpressionScope scope, Wanted wanted) {
        var environment = new Environment(
                surroundings.names().phase(scope.reader()), scope.loop().map(CelCompiler::variable));
        var seen = new Seen(source.text(), environment, scope.roots(), wanted);
        var known = compiled.get(seen);
        if (known != null) {
            return Optional.of(known);
        }
        var compiler = compilers.computeIfAbsent(environment, this::compiler);
        try {
            var parsed = compiler.parse(source.text()).getAst();
            var references = CelReferenceCheck.check(surroundings, source, scope, environment.loop(), parsed, problems);
            if (references.isEmpty()) {
                return Optional.empty();
            }
            inputsRead.addAll(references.get().inputs().keySet());
            var checked = compiler.check(parsed).getAst();
            if (!sumsOfNumbers(source, checked)) {
                return Optional.empty();
            }
            var expression = new CelExpression(source.text().strip(), checked, references.get());
            if (!fits(wanted, expression.resultType())) {
                tellResult(source, wanted, expression.resultType());
                return Optional.empty();
            }
            if (references.get().steps().isEmpty()) {
                compiled.put(seen, expression);
            }
            return Optional.of(expression);
        } catch (CelValidationException e) {
            e.getErrors().forEach(issue -> tell(source, scope, issue));
            return Optional.empty();
        }
    }

    /** A foreach over a list of unknown items, or one that is wrong already, gives a variable of unknown type. */
    private static CelReferences.LoopVariable variable(ExpressionScope.Loop loop) {
        var type = loop.list()
                .filter(CelExpression.class::isInstance)
                .map(list -> ((CelExpression) list).resultType())
                .filter(ListType.class::isInstance)
                .<CelType>map(list -> ((ListType) list).elemType())
                .orElse(SimpleType.DYN);
        return new CelReferences.LoopVariable(loop.name(), type);
    }

    private dev.cel.compiler.CelCompiler compiler(Environment environment) {
        var builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(CelLimits.OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(CelExtensions.optional())
                .addFunctionDeclarations(CelFunctions.declarations());
        for (var root : ExpressionScope.Root.values()) {
            builder.addVar(root.word(), types.root(root, environment.phase()));
        }
        environment.loop().ifPresent(loop -> builder.addVar(loop.name(), loop.type()));
        return builder.setTypeProvider(types).build();
    }

    /** The declaration of {@code sum} takes any list, since an overload for each kind of number would exclude unknown ones. */
    private boolean sumsOfNumbers(ExpressionText source, CelAbstractSyntaxTree checked) {
        return CelNavigableAst.fromAst(checked)
                .getRoot()
                .allNodes()
                .map(CelNavigableExpr::expr)
                .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.CALL
                        && node.call().function().equals("sum"))
                .allMatch(node -> {
                    var type = checked.getType(node.call().args().getFirst().id());
                    var items = type.filter(ListType.class::isInstance).map(list -> ((ListType) list).elemType());
                    var fits = items.isEmpty() || NUMBERS.contains(items.get().kind());
                    if (!fits) {
                        problems.add(
                                Code.EXPRESSION_TYPE,
                                whole(source),
                                source.field().path(),
                                "'sum' applies to lists of numbers, found list(" + CelMessages.type(items.get()) + ")",
                                "");
                    }
                    return fits;
                });
    }

    private static boolean fits(Wanted wanted, CelType result) {
        if (result.equals(SimpleType.DYN)) {
            return true;
        }
        return switch (wanted.kind()) {
            case ANY -> isValue(result);
            case BOOL -> result.equals(SimpleType.BOOL);
            case LIST -> result instanceof ListType;
            case DECLARED -> wanted.type().map(type -> fits(type, result)).orElse(false);
        };
    }

    private static boolean fits(ValueType type, CelType result) {
        var own = CelTypes.of(type);
        if (own.equals(SimpleType.DYN)) {
            return isValue(result);
        }
        return result.equals(SimpleType.DYN)
                || own.isAssignableFrom(result)
                || (own.equals(SimpleType.DOUBLE) && result.equals(SimpleType.INT))
                || (result.equals(SimpleType.STRING) && isTime(own))
                || (type instanceof ValueType.ListOf list
                        && result instanceof ListType items
                        && fits(list.item(), items.elemType()));
    }

    /** Times may be given as text, which is read when there is one. */
    private static boolean isTime(CelType type) {
        return type.equals(SimpleType.TIMESTAMP) || type.equals(SimpleType.DURATION);
    }

    /** Whether JSON can have such a value: no types, no optionals. */
    private static boolean isValue(CelType type) {
        return !(type instanceof StructType || type instanceof TypeType || type instanceof OptionalType);
    }

    private void tellResult(ExpressionText source, Wanted wanted, CelType result) {
        var optional = result instanceof OptionalType;
        problems.add(
                Code.RESULT_TYPE,
                whole(source),
                source.field().path(),
                "expected " + wanted.words() + ", found " + CelMessages.type(result),
                optional ? "end it with .orValue(...)" : "");
    }

    private SourceText.Place whole(ExpressionText source) {
        var text = source.text();
        var start = text.length() - text.stripLeading().length();
        return source.place(
                problems.source(),
                start,
                text.strip().codePointCount(0, text.strip().length()));
    }

    private void tell(ExpressionText source, ExpressionScope scope, CelIssue issue) {
        var location = issue.getSourceLocation();
        var span = CelPlaces.at(source, location.getLine(), location.getColumn());
        var place = source.place(problems.source(), span.offset(), span.length());
        var message = CelMessages.of(issue.getMessage(), scope);
        problems.add(message.code(), place, source.field().path(), message.text(), message.hint());
    }
}
