package dev.dagkeeper.workflow;

import tools.jackson.databind.JsonNode;

/** Reads values by their declared type, for inputs and for the outputs of steps. */
public final class TypedValue {
    private TypedValue() {}

    /** Reads text: {@code list<T>} and {@code json} as JSON, everything else as it is written in a workflow. */
    public static Reading parse(ValueType type, String text) {
        throw new UnsupportedOperationException(type.display() + text);
    }

    /** Checks a JSON value against a type; the result is its one notation ({@code 1} given as a float becomes 1.0). */
    public static Reading check(ValueType type, JsonNode value) {
        throw new UnsupportedOperationException(type.display() + value);
    }

    /** What became of a value. */
    public sealed interface Reading {
        /** It has the type. */
        record Fits(JsonNode value) implements Reading {}

        /** It has not; {@code why} says what was expected and what was found, shortened. */
        record Misfit(String why) implements Reading {}
    }
}
