package dev.dagkeeper.workflow;

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
        if (problem.line() > 0) {
            excerpt(problem, source, text);
        }
        return text.toString();
    }

    private static void excerpt(Problem problem, String source, StringBuilder text) {
        var first = Math.max(1, problem.line() - 1);
        var lines = source.lines()
                .skip(first - 1L)
                .limit(problem.line() - first + 1L)
                .toList();
        if (first + lines.size() <= problem.line()) {
            return;
        }
        for (var i = 0; i < lines.size(); i++) {
            text.append("%5d | ".formatted(first + i)).append(lines.get(i)).append('\n');
        }
        var line = lines.getLast();
        var before = line.codePoints().limit(problem.column() - 1L).toArray();
        text.append("      | ");
        for (var codePoint : before) {
            // A tab keeps its width whatever the terminal makes of it.
            text.append(codePoint == '\t' ? '\t' : ' ');
        }
        var rest = Math.max(1, line.codePointCount(0, line.length()) - before.length);
        text.append("^".repeat(Math.max(1, Math.min(problem.length(), rest)))).append('\n');
    }
}
