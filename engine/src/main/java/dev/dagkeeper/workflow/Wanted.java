package dev.dagkeeper.workflow;

import java.util.Optional;

/**
 * The type that an expression's result must have.
 *
 * @param words how messages name it
 * @param type a declared type; absent for the other kinds
 */
record Wanted(Kind kind, String words, Optional<ValueType> type) {
    enum Kind {
        ANY,
        BOOL,
        LIST,
        DECLARED
    }

    static final Wanted ANY = new Wanted(Kind.ANY, "any value", Optional.empty());
    static final Wanted BOOL = new Wanted(Kind.BOOL, "true or false", Optional.empty());
    static final Wanted LIST = new Wanted(Kind.LIST, "a list", Optional.empty());

    static Wanted declared(ValueType type) {
        return new Wanted(Kind.DECLARED, type.display(), Optional.of(type));
    }
}
