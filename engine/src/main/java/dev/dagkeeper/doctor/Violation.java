package dev.dagkeeper.doctor;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Optional;

/**
 * Something that does not hold.
 *
 * @param run which run it is about
 * @param step its name; an instance's with the index in brackets
 * @param node in ZooKeeper
 * @param expected in words
 * @param found in words, with the numbers that tell one occurrence from the next
 */
public record Violation(
        Check check, Optional<RunId> run, Optional<String> step, Optional<String> node, String expected, String found) {
    static Violation ofRun(Check check, RunId run, String expected, String found) {
        return new Violation(check, Optional.of(run), Optional.empty(), Optional.empty(), expected, found);
    }

    static Violation ofStep(Check check, StepKey key, String name, String expected, String found) {
        return new Violation(
                check, Optional.of(key.run()), Optional.of(name(key, name)), Optional.empty(), expected, found);
    }

    static Violation ofNode(Check check, String node, String expected, String found) {
        return new Violation(check, Optional.empty(), Optional.empty(), Optional.of(node), expected, found);
    }

    static Violation ofCluster(Check check, String expected, String found) {
        return new Violation(check, Optional.empty(), Optional.empty(), Optional.empty(), expected, found);
    }

    /** As users write it. */
    static String name(StepKey key, String name) {
        return key.index() == StepKey.WHOLE ? name : name + "[" + key.index() + "]";
    }
}
