package dev.dagkeeper.api.cli;

import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.ProblemText;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Problems of workflows and inputs: as text for people, and as the objects that the API uses too. */
final class Problems {
    private Problems() {}

    /** Prints the entries of a server's {@code errors}, with excerpts of the source where it is known. */
    static void print(PrintStream to, List<JsonNode> errors, String source) {
        errors.forEach(error -> to.print(ProblemText.render(read(error), source)));
    }

    /** A problem as in the API's {@code errors}. */
    static ObjectNode json(Problem problem) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("pointer", problem.pointer());
        json.put("file", problem.file());
        json.put("line", problem.line() > 0 ? problem.line() : null);
        json.put("column", problem.column() > 0 ? problem.column() : null);
        json.put("length", problem.line() > 0 ? problem.length() : null);
        json.put("code", problem.code());
        json.put("detail", problem.message());
        json.put("hint", problem.hint().orElse(null));
        return json;
    }

    private static Problem read(JsonNode json) {
        var hint = json.path("hint").asString("");
        var file = json.path("file").asString("");
        return new Problem(
                json.path("code").asString("E"),
                file.isEmpty() ? json.path("pointer").asString("") : file,
                json.path("line").asInt(0),
                json.path("column").asInt(0),
                json.path("length").asInt(1),
                json.path("pointer").asString(""),
                json.path("detail").asString(""),
                hint.isEmpty() ? Optional.empty() : Optional.of(hint));
    }
}
