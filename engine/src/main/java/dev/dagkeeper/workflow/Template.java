package dev.dagkeeper.workflow;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Literal text with {@code ${{ expr }}} holes. Immutable and thread-safe. */
public interface Template {
    /** Ordinals of the steps whose state or outputs its holes read. */
    Set<Integer> steps();

    /**
     * Fills the holes. A template that is exactly one hole keeps the value's type; any other gives a string.
     *
     * @throws ExpressionException when a hole fails
     */
    JsonNode evaluate(Scope scope);

    /** As {@link #evaluate}, as text: strings as they are, every other value as JSON. */
    String text(Scope scope);
}
