package dev.dagkeeper.workflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of template there are, and settings as trees of them. All immutable. */
final class Templates {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Templates() {}

    static String asText(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** A value without holes. */
    record Literal(JsonNode value) implements Template {
        static Literal of(String text) {
            return new Literal(JSON.stringNode(text));
        }

        @Override
        public Set<Integer> steps() {
            return Set.of();
        }

        @Override
        public JsonNode evaluate(Scope scope) {
            // Trees can be changed by whoever gets them.
            return value.isContainer() ? value.deepCopy() : value;
        }

        @Override
        public String text(Scope scope) {
            return asText(value);
        }
    }

    /** Exactly one hole: the value keeps its type. */
    record Hole(Expression expression) implements Template {
        @Override
        public Set<Integer> steps() {
            return expression.steps();
        }

        @Override
        public JsonNode evaluate(Scope scope) {
            return expression.evaluate(scope);
        }

        @Override
        public String text(Scope scope) {
            return asText(evaluate(scope));
        }
    }

    /** Text between and around holes. */
    record Mixed(List<Template> parts) implements Template {
        Mixed {
            parts = List.copyOf(parts);
        }

        @Override
        public Set<Integer> steps() {
            return union(parts);
        }

        @Override
        public JsonNode evaluate(Scope scope) {
            return JSON.stringNode(text(scope));
        }

        @Override
        public String text(Scope scope) {
            var text = new StringBuilder();
            parts.forEach(part -> text.append(part.text(scope)));
            return text.toString();
        }
    }

    /** A list of templates. */
    record Items(List<Template> items) implements Template {
        Items {
            items = List.copyOf(items);
        }

        @Override
        public Set<Integer> steps() {
            return union(items);
        }

        @Override
        public JsonNode evaluate(Scope scope) {
            var list = JSON.arrayNode(items.size());
            items.forEach(item -> list.add(item.evaluate(scope)));
            return list;
        }

        @Override
        public String text(Scope scope) {
            return evaluate(scope).toString();
        }
    }

    /** A map of templates, which can be a step's settings. */
    record Entries(Map<String, Template> entries) implements Template, Settings {
        static final Entries NONE = new Entries(Map.of());

        Entries {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public Set<Integer> steps() {
            return union(entries.values());
        }

        @Override
        public ObjectNode evaluate(Scope scope) {
            var map = JSON.objectNode();
            entries.forEach((key, value) -> map.set(key, value.evaluate(scope)));
            return map;
        }

        @Override
        public String text(Scope scope) {
            return evaluate(scope).toString();
        }
    }

    private static Set<Integer> union(Iterable<Template> parts) {
        var steps = new TreeSet<Integer>();
        parts.forEach(part -> steps.addAll(part.steps()));
        return Collections.unmodifiableSet(steps);
    }
}
