package dev.dagkeeper.workflow;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A type-checked CEL expression. Immutable and thread-safe; evaluation depends on the scope alone. */
public interface Expression {
    /** The expression as written. */
    String text();

    /** Ordinals of the steps whose state or outputs it reads. */
    Set<Integer> steps();

    /**
     * Evaluates within the cost limit.
     *
     * @throws ExpressionException when it fails or costs too much; the message says which part and why
     */
    JsonNode evaluate(Scope scope);
}
