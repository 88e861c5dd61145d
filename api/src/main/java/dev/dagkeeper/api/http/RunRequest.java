package dev.dagkeeper.api.http;

import dev.dagkeeper.history.ScheduleStore.TriggerName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a client wants to run.
 *
 * @param what a deployed workflow, or a source
 * @param inputs typed values
 * @param inputTexts values to be read by the declared type
 * @param at the run's nominal time
 * @param trigger whose inputs and interval it takes
 */
record RunRequest(
        What what,
        Map<String, JsonNode> inputs,
        Map<String, String> inputTexts,
        Optional<Integer> priority,
        Optional<Instant> at,
        Optional<String> trigger) {
    private static final Set<String> TRIGGER_FIELDS = Set.of("inputs", "inputTexts", "priority", "at");
    private static final Set<String> FIELDS = fields();
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    /** Where the workflow comes from. */
    sealed interface What {
        /** A workflow that is deployed. */
        record Deployed(String namespace, String name, Optional<Integer> revision) implements What {}

        /** A workflow that came along. */
        record Given(Source source) implements What {}
    }

    static RunRequest ofSource(Source source) {
        return new RunRequest(
                new What.Given(source), Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static RunRequest parse(byte[] body, HttpLimits limits) {
        var fields = BodyFields.parse(body, FIELDS);
        return of(what(fields, limits), fields, fields.text("trigger"));
    }

    /**
     * A run of a deployed revision, as one of its triggers would start it.
     *
     * @param body empty, or JSON that says what is to be different
     */
    static RunRequest ofTrigger(TriggerName trigger, int revision, byte[] body) {
        var what = new What.Deployed(trigger.namespace(), trigger.workflow(), Optional.of(revision));
        var fields = BodyFields.parse(body.length == 0 ? NOTHING : body, TRIGGER_FIELDS);
        return of(what, fields, Optional.of(trigger.trigger()));
    }

    private static RunRequest of(What what, BodyFields fields, Optional<String> trigger) {
        var texts = new LinkedHashMap<String, String>();
        fields.map("inputTexts").forEach((name, value) -> {
            if (!value.isString()) {
                throw ApiProblem.invalidBody("expected text for 'inputTexts." + name + "', found " + value);
            }
            texts.put(name, value.stringValue());
        });
        return new RunRequest(
                what,
                fields.map("inputs"),
                texts,
                fields.number("priority", -100, 100).map(Long::intValue),
                fields.text("at").map(RunRequest::time),
                trigger);
    }

    private static What what(BodyFields fields, HttpLimits limits) {
        var workflow = fields.text("workflow");
        var hasSource = fields.text("source").isPresent();
        if (workflow.isPresent() == hasSource) {
            throw ApiProblem.invalidBody(
                    "expected either 'workflow' or 'source', found " + (hasSource ? "both" : "none"));
        }
        var namespace = fields.text("namespace");
        var revision = fields.number("revision", 1, Integer.MAX_VALUE).map(Long::intValue);
        if (workflow.isPresent()) {
            return new What.Deployed(namespace.orElse("default"), workflow.get(), revision);
        }
        if (namespace.isPresent() || revision.isPresent()) {
            throw ApiProblem.invalidBody(
                    "'namespace' and 'revision' go with 'workflow'; a source names its own namespace");
        }
        return new What.Given(Source.of(fields, limits));
    }

    private static Instant time(String text) {
        return Parameters.parseTime(text)
                .orElseThrow(() -> ApiProblem.invalidBody(
                        "expected a time such as 2026-01-31T12:00:00Z for 'at', found '" + text + "'"));
    }

    private static Set<String> fields() {
        var names = new HashSet<>(Set.of("workflow", "namespace", "revision", "trigger"));
        names.addAll(TRIGGER_FIELDS);
        names.addAll(Source.FIELDS);
        return Set.copyOf(names);
    }
}
