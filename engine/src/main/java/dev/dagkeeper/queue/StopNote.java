package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.util.Optional;

/**
 * A request to a worker to end a step that it runs. It lies in the worker's inbox and is deleted by the worker when it has
 * been heeded, or found to be about nothing.
 *
 * @param kill whether processes get no grace
 */
public record StopNote(StepKey key, int claim, boolean kill) {
    private static final String PREFIX = "!";

    /** Whether a name in an inbox is a note and not an item. */
    public static boolean isNote(String name) {
        return name.startsWith(PREFIX);
    }

    /** The node's name. */
    public String name() {
        return PREFIX + "." + key.run() + "." + key.step() + "." + key.index() + "." + claim + "."
                + (kill ? "kill" : "cancel");
    }

    /**
     * Reads {@link #name}.
     *
     * @throws IllegalArgumentException when it is not a note's name
     */
    public static StopNote parse(String name) {
        var parts = name.split("\\.", -1);
        if (parts.length != 6 || !isNote(name)) {
            throw new IllegalArgumentException("not a stop note: " + name);
        }
        return new StopNote(
                new StepKey(RunId.parse(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3])),
                Integer.parseInt(parts[4]),
                parts[5].equals("kill"));
    }

    /** Reads {@link #name}; empty when it is not a note's name. */
    public static Optional<StopNote> find(String name) {
        try {
            return Optional.of(parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where it is in a worker's inbox. */
    public String path(String incarnation) {
        return Paths.inbox(incarnation) + "/" + name();
    }
}
