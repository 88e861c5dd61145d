package dev.dagkeeper.workflow;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a step asks of the worker that is to run it, and of the cluster. Steps with equal demands can take each other's
 * place. Immutable and thread-safe.
 *
 * @param queue which workers may take it
 * @param resources what a worker must have free
 * @param pools slots of each pool, all or nothing
 * @param placement which workers are fit for it, and how it is spread
 */
public record Demand(String queue, Resources resources, Map<String, Integer> pools, Placement placement) {
    public Demand {
        pools = Collections.unmodifiableMap(new TreeMap<>(pools));
    }

    /** Nothing but a slot of some worker of the queue. */
    public static Demand of(String queue) {
        return new Demand(queue, Resources.NONE, Map.of(), Placement.ANYWHERE);
    }

    /** The same for equal demands and for no others: a SHA-256 in hexadecimal digits. */
    public String key() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("queue", queue);
        json.put("cpu", resources.milliCpu());
        json.put("memory", resources.memory());
        var slots = json.putObject("pools");
        pools.forEach(slots::put);
        var labels = json.putObject("labels");
        placement.labels().forEach(labels::put);
        json.put("zone", placement.zone().orElse(null));
        json.put("spread", placement.spread().name());
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(JsonMapper.shared().writeValueAsBytes(json));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether it can only be given to a worker when it can start at once, because it keeps others from what it was given. */
    public boolean isExclusive() {
        return !resources.equals(Resources.NONE) || !pools.isEmpty();
    }

    /**
     * What a worker must have free; steps that run, run with it.
     *
     * @param milliCpu thousandths of a core
     * @param memory bytes
     */
    public record Resources(long milliCpu, long memory) {
        public static final Resources NONE = new Resources(0, 0);

        public Resources {
            if (milliCpu < 0 || memory < 0) {
                throw new IllegalArgumentException(milliCpu + " thousandths of a core, " + memory + " bytes");
            }
        }
    }

    /**
     * Where a step may run.
     *
     * @param labels all of them must be the worker's
     * @param zone the only one, when given
     * @param spread what the steps of one run are spread over first
     */
    public record Placement(Map<String, String> labels, Optional<String> zone, Spread spread) {
        public static final Placement ANYWHERE = new Placement(Map.of(), Optional.empty(), Spread.WORKER);

        public Placement {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        }
    }

    /** What the steps of one run are spread over first; within it, the worker with most free comes first. */
    public enum Spread {
        WORKER,
        ZONE
    }
}
