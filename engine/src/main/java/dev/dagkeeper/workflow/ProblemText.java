package dev.dagkeeper.workflow;

import java.util.List;

/** The text form of problems, for people at a terminal. */
public final class ProblemText {
    private ProblemText() {}

    /**
     * One problem: a line with file, place, code, message and hint; then the source line with the one before it, and the
     * place underlined.
     *
     * @param source the text the problem is about; without lines when it does not have the problem's line
     */
    public static String render(Problem problem, String source) {
        var text = new StringBuilder(problem.file());
        if (problem.line() > 0) {
            text.append(':').append(problem.line()).append(':').append(problem.column());
        }
        text.append(problem.isError() ? ": error " : ": warning ").append(problem.code());
        text.append(": ").append(problem.message());
        problem.hint().ifPresent(hint -> text.append(" (").append(hint).append(')'));
        text.append('\n');
        var lines = lines(source);
        if (problem.line() > 0 && problem.line() <= lines.size()) {
            excerpt(problem, lines, text);
        }
        return text.toString();
    }

    private static void excerpt(Problem problem, List<String> lines, StringBuilder text) {
        for (var number = Math.max(1, problem.line() - 1); number <= problem.line(); number++) {
            text.append("%5d | ".formatted(number))
                    .append(lines.get(number - 1))
                    .append('\n');
        }
        var line = lines.get(problem.line() - 1);
        var before = line.codePoints().limit(problem.column() - 1L).toArray();
        text.append("      | ");
        for (var codePoint : before) {
            // A tab keeps its width whatever the terminal makes of it.
            text.append(codePoint == '\t' ? '\t' : ' ');
        }
        var rest = Math.max(1, line.codePointCount(0, line.length()) - before.length);
        text.append("^".repeat(Math.max(1, Math.min(problem.length(), rest)))).append('\n');
    }

    private static List<String> lines(String source) {
        return source.lines().toList();
    }
}
