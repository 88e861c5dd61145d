package dev.dagkeeper.workflow;

import dev.cel.common.types.CelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts what the expression language says about an expression into the words of workflows. */
final class CelMessages {
    private static final Pattern NO_OVERLOAD = Pattern.compile(
            "found no matching overload for '(.*?)' applied to '(.*?)'(?: \\(candidates: (.*)\\))?", Pattern.DOTALL);
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '(.*?)'.*", Pattern.DOTALL);
    private static final Pattern UNDEFINED_FIELD = Pattern.compile("undefined field '(.*?)'.*", Pattern.DOTALL);
    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("_+_", "+"),
            Map.entry("_-_", "-"),
            Map.entry("_*_", "*"),
            Map.entry("_/_", "/"),
            Map.entry("_%_", "%"),
            Map.entry("_==_", "=="),
            Map.entry("_!=_", "!="),
            Map.entry("_<_", "<"),
            Map.entry("_<=_", "<="),
            Map.entry("_>_", ">"),
            Map.entry("_>=_", ">="),
            Map.entry("_&&_", "&&"),
            Map.entry("_||_", "||"),
            Map.entry("_?_:_", "? :"),
            Map.entry("_[_]", "[ ]"),
            Map.entry("!_", "!"),
            Map.entry("-_", "-"),
            Map.entry("@in", "in"));
    private static final int LONGEST_HINT = 120;

    record Message(Code code, String text, String hint) {}

    private CelMessages() {}

    static Message of(String message, ExpressionScope scope) {
        var overload = NO_OVERLOAD.matcher(message);
        if (overload.matches()) {
            return overload(overload);
        }
        var undeclared = UNDECLARED.matcher(message);
        if (undeclared.matches()) {
            var name = undeclared.group(1);
            return new Message(Code.UNKNOWN_NAME, "unknown name '" + name + "'", Nearest.hint(name, names(scope)));
        }
        var field = UNDEFINED_FIELD.matcher(message);
        if (field.matches()) {
            return new Message(Code.UNKNOWN_NAME, "there is no '" + field.group(1) + "' here", "");
        }
        if (message.startsWith("mismatched input")
                || message.startsWith("extraneous input")
                || message.startsWith("no viable alternative")
                || message.startsWith("token recognition error")
                || message.startsWith("missing ")) {
            return new Message(Code.EXPRESSION_SYNTAX, syntax(message), "");
        }
        return new Message(Code.EXPRESSION_TYPE, words(message), "");
    }

    private static Message overload(Matcher match) {
        var name = OPERATORS.getOrDefault(match.group(1), match.group(1));
        var found = words(match.group(2));
        var candidates = match.group(3) == null ? "" : words(match.group(3).replace("),(", "), ("));
        return new Message(
                Code.EXPRESSION_TYPE,
                "'" + name + "' does not apply to " + (found.startsWith("(") ? found : "(" + found + ")"),
                candidates.isEmpty() || candidates.length() > LONGEST_HINT ? "" : "it applies to " + candidates);
    }

    private static String syntax(String message) {
        var expecting = message.indexOf(" expecting ");
        var found = expecting < 0 ? message : message.substring(0, expecting);
        return "not an expression: "
                + found.replace("mismatched input", "unexpected")
                        .replace("extraneous input", "unexpected")
                        .replace("'<EOF>'", "end of the expression")
                        .replace("\n", " ");
    }

    private static List<String> names(ExpressionScope scope) {
        var names = new ArrayList<>(CelFunctions.names());
        scope.roots().forEach(root -> names.add(root.word()));
        scope.loop().ifPresent(loop -> names.add(loop.name()));
        names.addAll(List.of("size", "has", "true", "false", "string", "int", "double", "duration", "timestamp"));
        return names;
    }

    static String type(CelType type) {
        return words(dev.cel.common.types.CelTypes.format(type));
    }

    private static String words(String text) {
        return text.replace("google.protobuf.Timestamp", "timestamp")
                .replace("google.protobuf.Duration", "duration")
                .replace("optional_type(", "optional(")
                .replace("%", "");
    }
}
