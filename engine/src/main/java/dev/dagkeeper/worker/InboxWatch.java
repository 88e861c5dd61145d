package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.worker.WorkerSignal.Arrived;
import dev.dagkeeper.worker.WorkerSignal.Asked;
import dev.dagkeeper.worker.WorkerSignal.Gone;
import dev.dagkeeper.worker.WorkerSignal.ListAgain;
import java.util.Optional;
import java.util.function.Consumer;

/** Turns what happens in an inbox into signals. */
final class InboxWatch {
    private InboxWatch() {}

    /** Watches until closed. */
    static TreeWatch set(Coordination zooKeeper, Inbox inbox, Consumer<WorkerSignal> signals) {
        int prefix = Paths.inbox(inbox.incarnation()).length() + 1;
        return zooKeeper.watch(Paths.inbox(inbox.incarnation()), new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                if (path.length() > prefix) {
                    arrival(path.substring(prefix)).ifPresent(signals);
                }
            }

            @Override
            public void deleted(String path) {
                if (path.length() > prefix) {
                    Item.find(path.substring(prefix)).ifPresent(item -> signals.accept(new Gone(item)));
                }
            }

            @Override
            public void listAgain() {
                signals.accept(new ListAgain());
            }
        });
    }

    /** What a name in an inbox says; nothing when it is none of ours, which the leader then removes. */
    static Optional<WorkerSignal> arrival(String name) {
        return StopNote.isNote(name)
                ? StopNote.find(name).map(Asked::new)
                : Item.find(name).map(Arrived::new);
    }
}
