package dev.dagkeeper.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a worker works.
 *
 * @param name the machine's name, unless another is given
 * @param slots how many steps it runs at a time, 1 to 10,000
 * @param queues whose steps it takes, at least one
 * @param offer what else steps may ask of it
 * @param envPass what of its environment every process of a step sees, besides the usual
 * @param grace how long a process that is told to end may take before it is killed
 * @param logLimit bytes of log kept of one attempt, at least 1 KiB
 * @param guard whether a guard process ends its processes when the worker itself is killed
 */
public record WorkerSettings(
        String name,
        int slots,
        List<String> queues,
        WorkerOffer offer,
        NamePatterns envPass,
        Duration grace,
        int logLimit,
        boolean guard) {
    private static final Set<String> USUAL = Set.of("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR");

    public WorkerSettings {
        queues = List.copyOf(queues);
        if (name.isBlank() || slots < 1 || slots > 10_000 || queues.isEmpty()) {
            throw new IllegalArgumentException("worker '" + name + "' with " + slots + " slots and queues " + queues);
        }
        if (grace.isNegative() || logLimit < 1024) {
            throw new IllegalArgumentException("grace " + grace + ", log limit " + logLimit);
        }
    }

    /** What every process of a step begins with: the usual variables and those passed on, as far as they are set. */
    public Map<String, String> baseEnvironment(Map<String, String> environment) {
        var passed = new TreeMap<>(environment);
        passed.keySet().removeIf(name -> !USUAL.contains(name) && !envPass.matches(name));
        return passed;
    }
}
