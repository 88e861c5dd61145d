package dev.dagkeeper.settings;

import dev.dagkeeper.config.NearestName;
import dev.dagkeeper.settings.LiveKey.Name;
import dev.dagkeeper.settings.LiveKey.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

/** Every live setting there is. The page docs/configuration.md is held against this list by a test. */
public final class LiveKeys {
    private static final Name WORKER =
            new Name(Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"), "the name of a worker");
    private static final Name POOL =
            new Name(Pattern.compile("[a-z][a-z0-9_]{0,127}"), "the name of a pool in snake_case");

    static final LiveKey SLOTS = new LiveKey(
            "worker.slots",
            Optional.empty(),
            new Values.Numbers(1, 10_000),
            "",
            "how many steps each worker runs at a time; what the worker was started with while it is not set");
    static final LiveKey WORKER_SLOTS = new LiveKey(
            "worker.slots",
            Optional.of(WORKER),
            new Values.Numbers(1, 10_000),
            "",
            "the same for the workers of one name; goes before `worker.slots`");
    static final LiveKey PREFETCH = new LiveKey(
            "dispatch.prefetch",
            Optional.empty(),
            new Values.Numbers(0, 100),
            "3",
            "items that wait at a worker for each of its slots, besides the steps that run");
    static final LiveKey MAX_STEPS = new LiveKey(
            "dispatch.max-steps",
            Optional.empty(),
            new Values.Numbers(0, 1_000_000),
            "0",
            "how many steps are with workers at a time in the whole cluster, those that wait there included; 0 for no limit");
    static final LiveKey RETENTION = new LiveKey(
            "retention.days",
            Optional.empty(),
            new Values.Numbers(0, 36_500),
            "0",
            "how long the history is kept, by whole months in which every run has ended; 0 for ever");
    static final LiveKey LOG_LEVEL = new LiveKey(
            "log.level",
            Optional.empty(),
            new Values.Words(LogLevel.texts()),
            "",
            "how much the engine logs: `error`, `warn`, `info` or `debug`; what each process was started with while it is not"
                    + " set");
    static final LiveKey POOLS = new LiveKey(
            "pools",
            Optional.of(POOL),
            new Values.Numbers(0, 1_000_000),
            "",
            "slots of a pool, in the whole cluster; 0 lets no step in");

    /** In the order of the documentation. */
    public static final List<LiveKey> ALL =
            List.of(SLOTS, WORKER_SLOTS, PREFETCH, MAX_STEPS, RETENTION, LOG_LEVEL, POOLS);

    private LiveKeys() {}

    /** Everything that is wrong with a document, in its order. */
    public static List<SettingProblem> check(Map<String, JsonNode> document) {
        var problems = new ArrayList<SettingProblem>();
        document.forEach((key, value) -> problem(key, value).ifPresent(problems::add));
        return problems;
    }

    /** What holds of the settings that are there once and not set in the document, where that is a value. */
    public static Map<String, Optional<JsonNode>> defaults(Map<String, JsonNode> document) {
        var defaults = new TreeMap<String, Optional<JsonNode>>();
        for (var key : ALL) {
            if (key.name().isEmpty() && !document.containsKey(key.path())) {
                var text = key.defaultText();
                defaults.put(
                        key.path(),
                        text.isEmpty() ? Optional.empty() : Optional.of(new IntNode(Integer.parseInt(text))));
            }
        }
        return defaults;
    }

    private static Optional<SettingProblem> problem(String written, JsonNode value) {
        var found = find(written);
        if (found.isEmpty()) {
            return Optional.of(unknown(written));
        }
        var key = found.get();
        var name = key.name();
        if (name.isPresent()
                && !name.get().pattern().matcher(key.nameIn(written)).matches()) {
            return Optional.of(new SettingProblem(
                    written,
                    "unknown-setting",
                    "expected " + name.get().expected() + " after '" + key.path() + ".', found '" + key.nameIn(written)
                            + "'",
                    Optional.empty()));
        }
        return key.values()
                .refusal(value)
                .map(message -> new SettingProblem(written, "bad-value", message, Optional.empty()));
    }

    private static SettingProblem unknown(String written) {
        var dot = written.indexOf('.');
        var names = ALL.stream().map(LiveKey::path).distinct().toList();
        var hint = NearestName.of(written, names)
                .or(() -> dot < 0
                        ? Optional.empty()
                        : NearestName.of(written.substring(0, dot), List.of(POOLS.path()))
                                .map(nearest -> nearest + written.substring(dot)))
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElse("there are "
                        + String.join(", ", ALL.stream().map(LiveKey::text).toList()));
        return new SettingProblem(written, "unknown-setting", "there is no such live setting", Optional.of(hint));
    }

    /** The setting that a written key means. */
    static Optional<LiveKey> find(String written) {
        return ALL.stream().filter(key -> key.is(written)).findFirst();
    }
}
