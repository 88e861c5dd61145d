package dev.dagkeeper.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that a document tells its readers to type.
 *
 * @param place file and line
 * @param line the command, without what is said behind it
 * @param code the exit code it is to have: 0, or what {@code # exits N} behind it says
 */
record DocumentedCommand(String place, String line, int code) {
    private static final Pattern COMMENT = Pattern.compile("\\s+#\\s.*$");
    private static final Pattern EXITS = Pattern.compile("\\s#.*\\bexits (\\d+)\\b");

    /** The commands in the {@code sh} blocks of a Markdown file. */
    static List<DocumentedCommand> inMarkdown(Path file) throws IOException {
        var commands = new ArrayList<DocumentedCommand>();
        var inside = false;
        var lines = Files.readAllLines(file);
        for (var i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.startsWith("```")) {
                inside = !inside && line.equals("```sh");
            } else if (inside && line.startsWith("./dagkeeper ")) {
                commands.add(parse(file, i, line));
            }
        }
        return commands;
    }

    /** The commands in the comment at the top of a workflow. */
    static List<DocumentedCommand> inComments(Path file) throws IOException {
        var commands = new ArrayList<DocumentedCommand>();
        var lines = Files.readAllLines(file);
        for (var i = 0; i < lines.size() && lines.get(i).startsWith("#"); i++) {
            var line = lines.get(i).substring(1).strip();
            if (line.startsWith("./dagkeeper ")) {
                commands.add(parse(file, i, line));
            }
        }
        return commands;
    }

    private static DocumentedCommand parse(Path file, int index, String line) {
        var exits = EXITS.matcher(line);
        var code = exits.find() ? Integer.parseInt(exits.group(1)) : 0;
        return new DocumentedCommand(
                file.getFileName() + ":" + (index + 1), COMMENT.matcher(line).replaceFirst(""), code);
    }
}
