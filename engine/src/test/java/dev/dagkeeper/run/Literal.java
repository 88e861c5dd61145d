package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Expressions without a language: a fixed value, a failure, or a function of the scope. */
public record Literal(String text, Set<Integer> steps, Function<Scope, JsonNode> value) implements Expression {
    public static Literal of(boolean value) {
        return new Literal(String.valueOf(value), Set.of(), scope -> JsonNodeFactory.instance.booleanNode(value));
    }

    public static Literal of(String value) {
        return new Literal(value, Set.of(), scope -> JsonNodeFactory.instance.stringNode(value));
    }

    /** The numbers from 0 below the size. */
    public static Literal list(int size) {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var i = 0; i < size; i++) {
            list.add(i);
        }
        return new Literal("range(" + size + ")", Set.of(), scope -> list);
    }

    public static Literal failing(String message) {
        return new Literal("fail", Set.of(), scope -> {
            throw new ExpressionException(message);
        });
    }

    @Override
    public JsonNode evaluate(Scope scope) {
        return value.apply(scope);
    }
}
