package dev.dagkeeper.api.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the operation that a path and a method mean. A path means one template: literal text before a verb before a plain
 * variable, segment by segment from the left. Immutable and thread-safe.
 */
final class Router {
    private final List<Template> templates;

    /**
     * @throws IllegalArgumentException when two routes have the same method and template
     */
    Router(List<Route> routes) {
        var byTemplate = new LinkedHashMap<String, Map<String, Route>>();
        for (var route : routes) {
            var methods = byTemplate.computeIfAbsent(route.template(), t -> new TreeMap<>());
            if (methods.put(route.method(), route) != null) {
                throw new IllegalArgumentException("two routes for " + route.method() + " " + route.template());
            }
        }
        var all = new ArrayList<Template>();
        byTemplate.forEach((text, methods) -> all.add(Template.parse(text, methods)));
        all.sort(Template.MOST_SPECIFIC_FIRST);
        templates = List.copyOf(all);
    }

    /**
     * @param rawPath as received, percent-encoded, without the query
     * @throws ApiProblem 404 when no template fits, 405 when the one that fits has another method
     */
    Match match(String method, String rawPath) {
        var segments = rawPath.substring(rawPath.startsWith("/") ? 1 : 0).split("/", -1);
        for (var template : templates) {
            var variables = template.match(segments);
            if (variables.isPresent()) {
                var route = template.methods.get(method);
                if (route == null) {
                    throw methodNotAllowed(method, template);
                }
                return new Match(route, variables.get());
            }
        }
        throw ApiProblem.of(404, "not-found", "there is nothing at " + rawPath + "; /openapi.yaml lists what there is");
    }

    private static ApiProblem methodNotAllowed(String method, Template template) {
        var allowed = String.join(", ", template.methods.keySet());
        return ApiProblem.of(
                        405,
                        "method-not-allowed",
                        "expected " + allowed + " for " + template.text + ", found " + method)
                .with("Allow", allowed);
    }

    /** A route and the decoded values of its variables. */
    record Match(Route route, Map<String, String> variables) {}

    private record Template(String text, List<Segment> segments, Map<String, Route> methods) {
        static final java.util.Comparator<Template> MOST_SPECIFIC_FIRST = (a, b) -> {
            for (var i = 0; i < Math.min(a.segments.size(), b.segments.size()); i++) {
                var order = Integer.compare(
                        a.segments.get(i).rank(), b.segments.get(i).rank());
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(a.segments.size(), b.segments.size());
        };

        static Template parse(String text, Map<String, Route> methods) {
            var segments = new ArrayList<Segment>();
            for (var part : text.substring(1).split("/", -1)) {
                segments.add(Segment.parse(part));
            }
            return new Template(text, segments, methods);
        }

        Optional<Map<String, String>> match(String[] path) {
            if (path.length != segments.size()) {
                return Optional.empty();
            }
            var variables = new HashMap<String, String>();
            for (var i = 0; i < path.length; i++) {
                if (!segments.get(i).match(path[i], variables)) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    /** {@code variable} is empty for literal text; {@code text} is then the text, else the verb with its colon, or empty. */
    private record Segment(String variable, String text) {
        static Segment parse(String part) {
            if (!part.startsWith("{")) {
                return new Segment("", part);
            }
            var end = part.indexOf('}');
            return new Segment(part.substring(1, end), part.substring(end + 1));
        }

        int rank() {
            if (variable.isEmpty()) {
                return 0;
            }
            return text.isEmpty() ? 2 : 1;
        }

        boolean match(String raw, Map<String, String> variables) {
            var decoded = decode(raw);
            if (variable.isEmpty()) {
                return decoded.equals(text);
            }
            if (!decoded.endsWith(text) || decoded.length() == text.length()) {
                return false;
            }
            variables.put(variable, decoded.substring(0, decoded.length() - text.length()));
            return true;
        }

        private static String decode(String raw) {
            if (raw.indexOf('%') < 0) {
                return raw;
            }
            try {
                // The decoder is for forms, where a plus is a space; in a path it is a plus.
                return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw ApiProblem.badParameter("the path has a broken percent-encoding: " + raw);
            }
        }
    }
}
