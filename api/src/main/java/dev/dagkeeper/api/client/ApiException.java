package dev.dagkeeper.api.client;

import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The server answered with a problem (RFC 9457). Trying the same again gives the same. */
public final class ApiException extends ClientException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient JsonNode problem;

    ApiException(int status, JsonNode problem) {
        super(message(status, problem));
        this.status = status;
        this.problem = problem;
    }

    private static String message(int status, JsonNode problem) {
        var detail = problem.path("detail").asString("");
        return detail.isEmpty() ? problem.path("title").asString("the server answered " + status) : detail;
    }

    /** The HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** The problem's stable code, such as {@code run-not-found}; empty text when the answer had none. */
    public String code() {
        return problem().path("code").asString("");
    }

    /** The problem as it came; a missing node when the answer had none. */
    public JsonNode problem() {
        return problem == null ? MissingNode.getInstance() : problem;
    }

    /** The single things that are wrong, with their places. */
    public List<JsonNode> errors() {
        return StreamSupport.stream(problem().path("errors").spliterator(), false)
                .toList();
    }
}
