package dev.dagkeeper.workflow;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A checked expression; what evaluates it is made at the first evaluation. */
final class CelExpression implements Expression {
    private static final Pattern PLACE = Pattern.compile("^evaluation error at <input>:\\d+: ");

    private final String text;
    private final CelType resultType;
    private final CelReferences references;
    private final Supplier<CelRuntime.Program> program;

    CelExpression(String text, CelAbstractSyntaxTree checked, CelReferences references) {
        this.text = text;
        this.resultType = checked.getResultType();
        this.references = references;
        this.program = Suppliers.memoize(() -> plan(checked));
    }

    private static CelRuntime.Program plan(CelAbstractSyntaxTree checked) {
        try {
            return CelEngine.RUNTIME.createProgram(checked);
        } catch (CelEvaluationException e) {
            throw new IllegalStateException("a checked expression cannot be evaluated", e);
        }
    }

    CelType resultType() {
        return resultType;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public Set<Integer> steps() {
        return references.ordinals();
    }

    @Override
    public JsonNode evaluate(Scope scope) {
        try {
            var variables = new CelVariables(references, scope);
            return CelValues.toJson(program.get().eval((CelVariableResolver) variables::find));
        } catch (CelEvaluationException e) {
            throw new ExpressionException(message(reason(e)), e);
        } catch (ExpressionException e) {
            throw new ExpressionException(message(String.valueOf(e.getMessage())), e);
        } catch (StackOverflowError e) {
            throw new ExpressionException(message("it is nested too deep"), e);
        }
    }

    /** What a function of ours found, rather than that it failed. */
    private static String reason(CelEvaluationException failure) {
        var reason = String.valueOf(failure.getMessage());
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
                reason = cause.getMessage();
            }
        }
        return reason.contains("/ by zero") ? "divide by zero" : reason;
    }

    private String message(String reason) {
        return "expression '" + text + "': " + PLACE.matcher(reason).replaceFirst("");
    }

    @Override
    public String toString() {
        return text;
    }
}
