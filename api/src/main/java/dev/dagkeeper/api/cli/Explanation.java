package dev.dagkeeper.api.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The server's answer to "why" as lines: one sentence, then each step with the chain of its causes below it. */
final class Explanation {
    private static final int DEEPEST = 12;

    private final JsonNode answer;
    private final Map<String, JsonNode> steps = new LinkedHashMap<>();
    private final Set<String> roots = new HashSet<>();

    Explanation(JsonNode answer) {
        this.answer = answer;
        answer.path("steps").forEach(step -> steps.put(name(step), step));
        var causes = new HashSet<String>();
        steps.values()
                .forEach(step -> step.path("waitsFor")
                        .forEach(cause -> causes.add(cause.path("step").asString(""))));
        steps.keySet().stream().filter(name -> !causes.contains(name)).forEach(roots::add);
    }

    /** This explanation of one step, with its causes taken from an explanation of the whole run. */
    Explanation with(Explanation run, String step) {
        run.steps.forEach(steps::putIfAbsent);
        roots.clear();
        steps.keySet().stream()
                .filter(name -> name.equals(step) || name.startsWith(step + "["))
                .forEach(roots::add);
        return this;
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("Run " + answer.path("run").asString("") + " of "
                + answer.path("workflow").asString("") + " is "
                + answer.path("state").asString("") + ".");
        var summary = answer.path("summary").asString("");
        if (!summary.isEmpty()) {
            lines.add(Table.plain(summary));
        }
        var told = new HashSet<String>();
        for (var name : steps.keySet()) {
            if (roots.contains(name)) {
                add(name, "", 0, told, lines);
            }
        }
        return lines;
    }

    private void add(String name, String state, int depth, Set<String> told, List<String> lines) {
        var step = steps.get(name);
        var indent = "  ".repeat(depth + 1) + (depth == 0 ? "" : "because ");
        if (step == null) {
            lines.add(indent + name + " is " + state);
            return;
        }
        var first = told.add(name);
        lines.add(indent + sentence(name, step) + (first ? "" : " (see above)"));
        if (!first || depth >= DEEPEST) {
            return;
        }
        for (var cause : step.path("waitsFor")) {
            add(cause.path("step").asString(""), cause.path("state").asString(""), depth + 1, told, lines);
        }
    }

    private static String sentence(String name, JsonNode step) {
        var text =
                new StringBuilder(name).append(" is ").append(step.path("state").asString(""));
        var attempt = step.path("attempt").asInt(1);
        if (attempt > 1) {
            text.append(" (attempt ").append(attempt).append(')');
        }
        var reason = step.path("reason").asString("");
        var error = step.path("error").asString("");
        if (!reason.isEmpty()) {
            text.append(": ").append(reason);
        }
        if (!error.isEmpty() && !reason.contains(error)) {
            text.append(": ").append(error);
        }
        return Table.plain(text.toString());
    }

    private static String name(JsonNode step) {
        var index = step.path("index");
        var id = step.path("id").asString("");
        return index.isNumber() ? id + "[" + index.asInt() + "]" : id;
    }
}
