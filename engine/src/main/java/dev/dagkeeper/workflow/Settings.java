package dev.dagkeeper.workflow;

import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A step's {@code with}: a tree whose strings are templates. Immutable and thread-safe. */
public interface Settings {
    /** Ordinals of the steps whose state or outputs it reads. */
    Set<Integer> steps();

    /**
     * Fills every template of the tree.
     *
     * @throws ExpressionException when a hole fails
     */
    ObjectNode evaluate(Scope scope);
}
