package dev.dagkeeper.api.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One request as handlers see it. For the one thread that handles it. */
final class Call {
    private final ServerRequest request;
    private final Map<String, String> variables;
    private final RequestBody body;
    private final HttpLimits limits;

    Call(ServerRequest request, Map<String, String> variables, RequestBody body, HttpLimits limits) {
        this.request = request;
        this.variables = variables;
        this.body = body;
        this.limits = limits;
    }

    /** A variable of the route's template. */
    String path(String name) {
        var value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable '" + name + "', only " + variables.keySet());
        }
        return value;
    }

    /**
     * The query's parameters.
     *
     * @param known the names that the operation has; any other is an error, since a misspelt filter filters nothing
     */
    Parameters query(String... known) {
        var query = request.query();
        var parameters = new java.util.LinkedHashMap<String, List<String>>();
        for (var name : query.names()) {
            parameters.put(name, query.all(name));
        }
        return Parameters.of(parameters, List.of(known));
    }

    /** A header's first value. */
    Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    /** The offered media type that the client likes best. */
    String accept(String... offered) {
        return Accept.choose(header("Accept").orElse("*/*"), List.of(offered));
    }

    /** The media type of the body, without parameters, in lower case. */
    String contentType(String... expected) {
        var type = header("Content-Type")
                .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .orElse("nothing");
        if (!List.of(expected).contains(type)) {
            throw ApiProblem.of(
                    415,
                    "unsupported-media-type",
                    "expected a Content-Type of " + String.join(" or ", expected) + ", found " + type);
        }
        return type;
    }

    /**
     * The whole body.
     *
     * @param most bytes; a longer body is refused, before it is read when its length is announced
     */
    byte[] body(int most) throws IOException {
        return body.read(most);
    }

    HttpLimits limits() {
        return limits;
    }

    /** Who asks, for the history. */
    String by() {
        return "local";
    }
}
