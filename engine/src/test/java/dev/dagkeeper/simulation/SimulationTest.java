package dev.dagkeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Histories of a cluster with all that can go wrong. {@code -Dsim.seeds=N} plays so many; {@code -Dsim.seed=N} plays one
 * again and prints what happened in it.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 2_000);

    @BeforeAll
    static void logNothing() {
        log(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        log(Level.DEBUG);
    }

    private static void log(Level level) {
        ((Logger) LoggerFactory.getLogger("dev.dagkeeper")).setLevel(level);
    }

    @Test
    void nothing_is_lost_or_done_twice_whatever_goes_wrong() {
        var one = Long.getLong("sim.seed");
        if (one != null) {
            replay(one);
            return;
        }
        var met = new EnumMap<Fault, Integer>(Fault.class);
        for (long seed = 0; seed < SEEDS; seed++) {
            play(seed).forEach((fault, count) -> met.merge(fault, count, Integer::sum));
        }
        System.out.println("seeds " + SEEDS + ", faults met: " + met);
        assertThat(met).as("every kind of fault is met").containsKeys(Fault.values());
    }

    private static Map<Fault, Integer> play(long seed) {
        var simulation = new Simulation(seed, Mutation.NONE, false);
        try {
            simulation.run();
        } catch (Violation | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nplay it again:"
                            + " mvn -pl engine test -Dtest=SimulationTest -Dsim.seed=" + seed,
                    e);
        }
        return simulation.faultsMet();
    }

    private static void replay(long seed) {
        var simulation = new Simulation(seed, Mutation.NONE, true);
        try {
            simulation.run();
        } finally {
            simulation.trace().forEach(System.out::println);
        }
    }
}
