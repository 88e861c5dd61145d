package dev.dagkeeper.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Shows that the simulation finds errors: each of these, made on purpose, is caught within so many seeds. */
class MutationTest {
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

    @ParameterizedTest
    @CsvSource({
        "CLAIM_NOT_COMPARED_WHEN_RECORDED, 2000",
        "EPOCH_NOT_COMPARED_IN_POSTGRES, 2000",
        "NO_GRACE, 2000",
        "UNLOCKED_BEFORE_RECORDED, 2000",
        "RAISED_CLAIM_NOT_WRITTEN, 20",
        "RAISED_CLAIM_NOT_DURABLE, 20",
        "UNKNOWN_CLAIM_TAKEN_FOR_REFUSED, 2000",
        "EPOCH_NOT_RAISED, 50",
        "CRASH_OF_POSTGRES_NOT_NOTICED, 2000",
        "INBOX_NOT_LISTED_AGAIN, 2000",
        "CURSOR_BEFORE_FIRES, 2000",
        "FIRES_WITHOUT_KEY, 2000",
        "FIRES_NOT_DURABLE, 2000",
        "GROUPS_FORGOTTEN, 2000"
    })
    void is_caught(Mutation mutation, int seeds) {
        for (long seed = 0; seed < seeds; seed++) {
            var simulation = new Simulation(seed, mutation, false);
            try {
                simulation.run();
            } catch (Violation caught) {
                System.out.println(mutation + ": seed " + seed + ": " + caught.getMessage());
                passesAsItIs(seed);
                return;
            }
        }
        throw new AssertionError(mutation + " was not caught within " + seeds + " seeds");
    }

    private static void passesAsItIs(long seed) {
        assertThatCode(new Simulation(seed, Mutation.NONE, false)::run)
                .as("seed %d of the protocol as it is", seed)
                .doesNotThrowAnyException();
    }
}
