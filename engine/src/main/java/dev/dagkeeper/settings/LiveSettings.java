package dev.dagkeeper.settings;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What operators can change while everything runs; one version of it holds in the whole cluster. Immutable and thread-safe.
 *
 * @param slots steps that each worker runs at a time, when it is not as the worker was started
 * @param workerSlots the same for workers of one name, which goes before
 * @param prefetch items that wait at a worker for each of its slots, at least 0
 * @param maxSteps steps that are with workers at a time, if there is a limit; at least 1
 * @param retentionDays how long the history is kept, if not for ever; at least 1
 * @param logLevel of every process, when it is not as the process was started
 * @param pools slots of each pool by its name, at least 0
 */
public record LiveSettings(
        OptionalInt slots,
        Map<String, Integer> workerSlots,
        int prefetch,
        OptionalInt maxSteps,
        OptionalInt retentionDays,
        Optional<LogLevel> logLevel,
        Map<String, Integer> pools) {
    /** What holds while nobody has set anything. */
    public static final LiveSettings DEFAULT = of(Map.of());

    public LiveSettings {
        workerSlots = Collections.unmodifiableMap(new TreeMap<>(workerSlots));
        pools = Collections.unmodifiableMap(new TreeMap<>(pools));
    }

    /**
     * Reads a document, such as {@code {"worker.slots": 32, "pools.db": 2}}. What {@link LiveKeys#check} would refuse is
     * passed over: a newer or older program may have written it.
     */
    public static LiveSettings of(Map<String, JsonNode> document) {
        var read = new TreeMap<>(document);
        LiveKeys.check(document).forEach(problem -> read.remove(problem.key()));
        return new LiveSettings(
                number(read, LiveKeys.SLOTS),
                named(read, LiveKeys.WORKER_SLOTS),
                number(read, LiveKeys.PREFETCH).orElse(Integer.parseInt(LiveKeys.PREFETCH.defaultText())),
                orNone(number(read, LiveKeys.MAX_STEPS)),
                orNone(number(read, LiveKeys.RETENTION)),
                Optional.ofNullable(read.get(LiveKeys.LOG_LEVEL.path()))
                        .map(node -> LogLevel.parse(node.stringValue())),
                named(read, LiveKeys.POOLS));
    }

    private static OptionalInt number(Map<String, JsonNode> document, LiveKey key) {
        var value = document.get(key.path());
        return value == null ? OptionalInt.empty() : OptionalInt.of(value.intValue());
    }

    private static OptionalInt orNone(OptionalInt number) {
        return number.isPresent() && number.getAsInt() > 0 ? number : OptionalInt.empty();
    }

    private static Map<String, Integer> named(Map<String, JsonNode> document, LiveKey key) {
        var values = new TreeMap<String, Integer>();
        document.forEach((written, value) -> {
            if (key.is(written)) {
                values.put(key.nameIn(written), value.intValue());
            }
        });
        return values;
    }

    /**
     * How many steps a worker runs at a time.
     *
     * @param configured what it was started with
     */
    public int slotsOf(String worker, int configured) {
        var own = workerSlots.get(worker);
        return own == null ? slots.orElse(configured) : own;
    }
}
