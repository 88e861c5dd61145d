package dev.dagkeeper.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Holds the schema and the binder together: a key known to one is known to the other. */
class KeysTest {
    private static final Map<Keys, String> DEFINITIONS = Map.ofEntries(
            Map.entry(Keys.WORKFLOW, "workflow"),
            Map.entry(Keys.INPUT, "input"),
            Map.entry(Keys.SECRET, "secret"),
            Map.entry(Keys.CRON_TRIGGER, "cron-trigger"),
            Map.entry(Keys.INTERVAL_TRIGGER, "interval-trigger"),
            Map.entry(Keys.TIMES_TRIGGER, "times-trigger"),
            Map.entry(Keys.DATASET_TRIGGER, "dataset-trigger"),
            Map.entry(Keys.EXCLUDE, "exclude"),
            Map.entry(Keys.DST, "dst"),
            Map.entry(Keys.CATCHUP, "catchup"),
            Map.entry(Keys.DATASETS, "datasets"),
            Map.entry(Keys.CONCURRENCY, "concurrency"),
            Map.entry(Keys.DEADLINE, "deadline"),
            Map.entry(Keys.DEFAULTS, "defaults"),
            Map.entry(Keys.STEP_DEFAULTS, "step-defaults"),
            Map.entry(Keys.HOOKS, "hooks"),
            Map.entry(Keys.RUN_OUTPUT, "run-output"),
            Map.entry(Keys.STEP, "step"),
            Map.entry(Keys.FOREACH, "foreach"),
            Map.entry(Keys.OUTPUT, "output"),
            Map.entry(Keys.RETRY, "retry"),
            Map.entry(Keys.RESOURCES, "resources"),
            Map.entry(Keys.PLACEMENT, "placement"));

    /** For each kind of map a workflow in which it is {@code MAP}. */
    private static final Map<Keys, String> PLACES = Map.ofEntries(
            Map.entry(Keys.INPUT, "inputs: {i: MAP}"),
            Map.entry(Keys.SECRET, "secrets: {S: MAP}"),
            Map.entry(Keys.CRON_TRIGGER, "triggers: {t: MAP}"),
            Map.entry(Keys.INTERVAL_TRIGGER, "triggers: {t: MAP}"),
            Map.entry(Keys.TIMES_TRIGGER, "triggers: {t: MAP}"),
            Map.entry(Keys.DATASET_TRIGGER, "triggers: {t: MAP}"),
            Map.entry(Keys.EXCLUDE, "triggers: {t: {every: 5m, exclude: [MAP]}}"),
            Map.entry(Keys.DST, "triggers: {t: {cron: '@daily', timezone: UTC, dst: MAP}}"),
            Map.entry(Keys.CATCHUP, "triggers: {t: {every: 5m, catchup: MAP}}"),
            Map.entry(Keys.DATASETS, "triggers: {t: {datasets: MAP}}"),
            Map.entry(Keys.CONCURRENCY, "concurrency: MAP"),
            Map.entry(Keys.DEADLINE, "deadlines: [MAP]"),
            Map.entry(Keys.DEFAULTS, "defaults: MAP"),
            Map.entry(Keys.STEP_DEFAULTS, "defaults: {step: MAP}"),
            Map.entry(Keys.HOOKS, "hooks: MAP"),
            Map.entry(Keys.RUN_OUTPUT, "outputs: {o: MAP}"),
            Map.entry(Keys.STEP, "hooks: {always: {s: MAP}}"),
            Map.entry(Keys.FOREACH, "hooks: {always: {s: {uses: noop, foreach: MAP}}}"),
            Map.entry(Keys.OUTPUT, "hooks: {always: {s: {uses: shell, run: x, outputs: {o: MAP}}}}"),
            Map.entry(Keys.RETRY, "hooks: {always: {s: {uses: noop, retry: MAP}}}"),
            Map.entry(Keys.RESOURCES, "hooks: {always: {s: {uses: noop, resources: MAP}}}"),
            Map.entry(Keys.PLACEMENT, "hooks: {always: {s: {uses: noop, placement: MAP}}}"));

    /** What tells the kind of trigger, when the key under test does not. */
    private static final Map<Keys, String> KINDS = Map.of(
            Keys.CRON_TRIGGER,
            "cron: '@daily'",
            Keys.INTERVAL_TRIGGER,
            "every: 5m",
            Keys.TIMES_TRIGGER,
            "at: [2026-01-31]",
            Keys.DATASET_TRIGGER,
            "datasets: {all: ['a:b']}");

    @Test
    void the_schema_has_exactly_the_keys_of_the_binder() {
        var schema = LanguageSchema.full(TestTypes.all());
        assertThat(DEFINITIONS).hasSize(Keys.values().length);
        for (var keys : Keys.values()) {
            var definition = schema.path("$defs").path(DEFINITIONS.get(keys));
            assertThat(definition.path("properties").propertyNames())
                    .as(keys.name())
                    .containsExactlyInAnyOrderElementsOf(keys.names());
            assertThat(definition.path("additionalProperties").booleanValue(true))
                    .as(keys.name())
                    .isFalse();
        }
    }

    static Stream<Arguments> keys() {
        return Stream.of(Keys.values()).flatMap(keys -> keys.names().stream().map(key -> Arguments.of(keys, key)));
    }

    /** No key takes a map in a list in a list. */
    @ParameterizedTest
    @MethodSource("keys")
    void the_binder_reads_every_key(Keys keys, String key) {
        // These take a value of any kind.
        if ((keys == Keys.INPUT && key.equals("default")) || (keys == Keys.INTERVAL_TRIGGER && key.equals("inputs"))) {
            return;
        }
        var map = "{" + key + ": [[{}]]}";
        var kind = KINDS.get(keys);
        if (kind != null && !kind.startsWith(key)) {
            map = "{" + kind + ", " + key + ": [[{}]]}";
        }
        if (keys == Keys.STEP && !key.equals("uses")) {
            // Which script and settings there can be depends on the type.
            map = "{uses: shell, " + key + ": [[{}]]}";
        }
        var yaml = keys == Keys.WORKFLOW
                ? key + ": [[{}]]\n"
                : PLACES.getOrDefault(keys, "").replace("MAP", map) + "\n";
        var column = yaml.indexOf("[[{}]]") + 1;
        assertThat(Compiling.problems(yaml))
                .as(yaml)
                .anyMatch(p -> p.isError()
                        && p.line() == 1
                        && p.column() >= column
                        && p.column() <= column + 2
                        && !p.code().equals(Code.UNKNOWN_KEY.id()));
    }

    @Test
    void the_schema_accepts_the_usual_workflow_and_refuses_what_the_binder_refuses() {
        var types = TestTypes.all();
        var schema = com.networknt.schema.SchemaRegistry.withDefaultDialect(
                        com.networknt.schema.SpecificationVersion.DRAFT_2020_12)
                .getSchema(LanguageSchema.full(types));
        var yaml = new org.yaml.snakeyaml.Yaml();
        var json = tools.jackson.databind.json.JsonMapper.shared();
        for (var good : List.of(Examples.SMALLEST, Examples.USUAL)) {
            Map<String, Object> tree = yaml.load(good);
            assertThat(schema.validate(json.valueToTree(tree))).isEmpty();
        }
        Map<String, Object> unknownKey = yaml.load(Examples.SMALLEST.replace("run: echo bye", "rnu: echo bye"));
        assertThat(schema.validate(json.valueToTree(unknownKey))).isNotEmpty();
        Map<String, Object> unknownType = yaml.load(Examples.SMALLEST.replace("shell", "shel"));
        assertThat(schema.validate(json.valueToTree(unknownType))).isNotEmpty();
        Map<String, Object> unknownSetting = yaml.load(Examples.USUAL.replace("method: POST", "metod: POST"));
        assertThat(schema.validate(json.valueToTree(unknownSetting))).isNotEmpty();
    }

    @Test
    void parts_are_found_by_path_and_stand_for_themselves() {
        var types = TestTypes.all();
        assertThat(LanguageSchema.part(types, "steps.retry")
                        .orElseThrow()
                        .path("properties")
                        .propertyNames())
                .contains("max", "backoff");
        assertThat(LanguageSchema.part(types, "steps.retry")
                        .orElseThrow()
                        .path("$defs")
                        .has("duration"))
                .isTrue();
        assertThat(LanguageSchema.part(types, "hooks.always.foreach")).isPresent();
        assertThat(LanguageSchema.part(types, "triggers.catchup.window")).isPresent();
        assertThat(LanguageSchema.part(types, "inputs").map(ObjectNode::isObject))
                .contains(true);
        assertThat(LanguageSchema.part(types, "http")
                        .orElseThrow()
                        .path("properties")
                        .has("url"))
                .isTrue();
        assertThat(LanguageSchema.part(types, "steps.nope")).isEmpty();
        assertThat(LanguageSchema.part(types, "")).isEmpty();
    }
}
