package dev.dagkeeper.api.http;

import java.util.Map;

/** Problems as RFC 9457 writes them. */
final class ProblemJson {
    static final String TYPE = "application/problem+json";

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(406, "Not Acceptable"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(421, "Misdirected Request"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(428, "Precondition Required"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    private ProblemJson() {}

    static byte[] bytes(ApiProblem problem) {
        var json = Json.object();
        json.put("type", "about:blank");
        json.put("title", TITLES.getOrDefault(problem.status(), "Error"));
        json.put("status", problem.status());
        json.put("detail", problem.detail());
        json.put("code", problem.code());
        if (!problem.errors().isEmpty()) {
            json.set("errors", Json.problems(problem.errors()));
        }
        return Json.bytes(json);
    }
}
