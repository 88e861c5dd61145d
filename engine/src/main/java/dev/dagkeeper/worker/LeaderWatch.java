package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import java.util.function.Consumer;

/** Tells a worker that another leads. */
final class LeaderWatch {
    private LeaderWatch() {}

    /** Watches until closed. */
    static TreeWatch set(Coordination zooKeeper, Consumer<WorkerSignal> signals) {
        return zooKeeper.watch(Paths.EPOCHS, new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                signals.accept(new WorkerSignal.LeaderChanged());
            }

            @Override
            public void listAgain() {
                signals.accept(new WorkerSignal.LeaderChanged());
            }
        });
    }
}
