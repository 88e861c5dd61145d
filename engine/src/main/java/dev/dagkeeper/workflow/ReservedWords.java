package dev.dagkeeper.workflow;

import java.util.Set;

/** Words that CEL keeps for itself: no loop variable can have such a name. */
final class ReservedWords {
    private static final Set<String> CEL = Set.of(
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while");

    private ReservedWords() {}

    static boolean isReserved(String word) {
        return CEL.contains(word);
    }
}
