package dev.dagkeeper.queue;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;

/**
 * Who runs a step: the data of its lock node. The lock itself protects nothing (a paused holder still believes in it); the
 * claim does, where the result is recorded.
 */
public record Lock(StepKey key, int claim, String incarnation) {
    /** Where the lock of a step is, whoever holds it. */
    public static String path(StepKey key) {
        // Computed from the numbers, not by hashCode(), which may differ between versions of Java.
        var run = key.run().value();
        long bits = run.getMostSignificantBits() ^ run.getLeastSignificantBits();
        int shard = Math.floorMod(31 * (31 * Long.hashCode(bits) + key.step()) + key.index(), Paths.LOCK_SHARDS);
        return Paths.lockShard(shard) + "/" + key.run() + "." + key.step() + "." + key.index();
    }

    static String directory(StepKey key) {
        var path = path(key);
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** Whether a path is that of a lock and not of a directory above. */
    public static boolean isPath(String path) {
        return path.length() > Paths.LOCKS.length() + 4;
    }

    /** The step that a lock's path is about. */
    public static StepKey key(String path) {
        var parts = path.substring(path.lastIndexOf('/') + 1).split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a lock: " + path);
        }
        return new StepKey(RunId.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    /** The node's data. */
    public byte[] data() {
        return (claim + " " + incarnation).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /**
     * Reads a lock from its path and data.
     *
     * @throws IllegalArgumentException when it is no lock
     */
    public static Lock parse(String path, String data) {
        int space = data.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("not the data of a lock: '" + data + "' in " + path);
        }
        return new Lock(key(path), Integer.parseInt(data.substring(0, space)), data.substring(space + 1));
    }
}
