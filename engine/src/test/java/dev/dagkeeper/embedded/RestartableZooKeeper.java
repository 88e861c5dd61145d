package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** A real ZooKeeper that a test can take away and bring back at the same address, with its data or without. */
public final class RestartableZooKeeper implements AutoCloseable {
    private final Path directory;
    private EmbeddedZooKeeper running;

    private RestartableZooKeeper(Path directory, EmbeddedZooKeeper running) {
        this.directory = directory;
        this.running = running;
    }

    /** Starts an empty one; the directory is the test's own. */
    public static RestartableZooKeeper start(Path directory) throws IOException, InterruptedException {
        return new RestartableZooKeeper(directory, EmbeddedZooKeeper.start(directory));
    }

    /** The same before and after a restart. */
    public String connectString() {
        return running.connectString();
    }

    /** Takes it away; what it knew stays on the disk. */
    public void stop() {
        running.close();
    }

    /** Brings it back with what it knew. Sessions that have not timed out by its clock go on. */
    public void restart() throws IOException, InterruptedException {
        running.close();
        running = EmbeddedZooKeeper.start(directory, running.port());
    }

    /** Brings it back empty: every node and every session is lost. */
    public void restartEmpty() throws IOException, InterruptedException {
        running.close();
        EmbeddedZooKeeper.wipe(directory);
        running = EmbeddedZooKeeper.start(directory, running.port());
    }

    @Override
    public void close() {
        running.close();
    }
}
