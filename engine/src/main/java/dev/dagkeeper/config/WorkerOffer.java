package dev.dagkeeper.config;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a worker offers to steps besides its slots.
 *
 * @param cpu cores; the machine's when absent
 * @param memory bytes; the machine's when absent
 * @param labels what steps may ask for by {@code placement.labels}
 * @param zone where it stands, for {@code placement.zone} and {@code spread: zone}
 */
public record WorkerOffer(
        Optional<Double> cpu, Optional<Long> memory, Map<String, String> labels, Optional<String> zone) {
    /** All of the machine, without a name for it. */
    public static final WorkerOffer MACHINE =
            new WorkerOffer(Optional.empty(), Optional.empty(), Map.of(), Optional.empty());

    public WorkerOffer {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
