package dev.dagkeeper.cluster;

import java.util.function.Consumer;

/**
 * Bells say that there is something to look at in Postgres. Losing a ring is harmless: whoever listens looks by itself
 * after every reconnect, and at long intervals besides. Thread-safe.
 */
public final class Bells {
    /** There are runs that the leader has not loaded. */
    public static final String RUNS = "runs";

    /** There are commands without an outcome. */
    public static final String COMMANDS = "commands";

    /** There is another version of the live settings. */
    public static final String SETTINGS = "settings";

    /** Workers are to be drained, or not any more. */
    public static final String WORKERS = "workers";

    /** Triggers were deployed, removed, paused or resumed; backfills were created, paused, resumed or cancelled. */
    public static final String TRIGGERS = "triggers";

    /** Datasets were updated by somebody outside. */
    public static final String DATASETS = "datasets";

    private final Coordination zooKeeper;

    public Bells(Coordination zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /** Rings without waiting; does nothing when ZooKeeper is away: whoever listens looks when it is back. */
    public void ring(String bell) {
        zooKeeper.touch(Paths.BELLS + "/" + bell);
    }

    /** Listens to all bells; told all of them whenever rings may have been missed. */
    public TreeWatch listen(Consumer<String> listener) {
        return zooKeeper.watch(Paths.BELLS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                changed(path);
            }

            @Override
            public void changed(String path) {
                if (path.length() > Paths.BELLS.length() + 1) {
                    listener.accept(path.substring(Paths.BELLS.length() + 1));
                }
            }

            @Override
            public void listAgain() {
                listener.accept(RUNS);
                listener.accept(COMMANDS);
                listener.accept(WORKERS);
                listener.accept(TRIGGERS);
                listener.accept(DATASETS);
            }
        });
    }

    /** Listens to one bell alone; told as well whenever a ring may have been missed, once at the beginning included. */
    public TreeWatch listen(String bell, Runnable listener) {
        return zooKeeper.watch(Paths.BELLS + "/" + bell, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                listener.run();
            }

            @Override
            public void changed(String path) {
                listener.run();
            }

            @Override
            public void listAgain() {
                listener.run();
            }
        });
    }
}
