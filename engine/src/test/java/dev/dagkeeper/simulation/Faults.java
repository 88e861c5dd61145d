package dev.dagkeeper.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Which faults a history has, how often they strike, and how often they did. */
final class Faults {
    private final RandomGenerator random;
    private final Map<Fault, Double> likelihoods = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> met = new EnumMap<>(Fault.class);
    private final boolean gentle;
    private boolean active = true;

    /** Draws for each kind whether there is any, so that histories differ in kind and not only in order. */
    Faults(RandomGenerator random) {
        this.random = random;
        gentle = random.nextInt(5) == 0;
        for (var fault : Fault.values()) {
            if (random.nextInt(3) > 0 && (!gentle || fault.isGentle())) {
                likelihoods.put(fault, fault.likelihood() * (0.5 + random.nextInt(3)));
            }
        }
    }

    /** Whether it strikes now. */
    boolean strikes(Fault fault) {
        var likelihood = active ? likelihoods.get(fault) : null;
        if (likelihood == null || random.nextDouble() >= likelihood) {
            return false;
        }
        met.merge(fault, 1, Integer::sum);
        return true;
    }

    /** Whether no worker is ever away for longer than it takes to reconnect. */
    boolean areGentle() {
        return gentle;
    }

    /** From now on nothing goes wrong. */
    void end() {
        active = false;
    }

    Map<Fault, Integer> met() {
        return met;
    }
}
