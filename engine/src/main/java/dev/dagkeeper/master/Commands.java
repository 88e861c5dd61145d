package dev.dagkeeper.master;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.PendingCommand;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.run.Event;
import java.time.Instant;
import java.util.List;

/** Carries out what operators ask of runs. Not thread-safe: the leader's. */
final class Commands {
    private final LeaderStore store;
    private final Term term;
    private final TakingUp takingUp;

    Commands(LeaderStore store, Term term, TakingUp takingUp) {
        this.store = store;
        this.term = term;
        this.takingUp = takingUp;
    }

    /** Those that have no outcome, not even one that is still to be written. */
    List<PendingCommand> pending() {
        return store.pendingCommands().stream()
                .filter(command -> !term.batch().decides(command.id()))
                .toList();
    }

    void carryOut(PendingCommand command, Instant now) {
        term.batch().addOutcome(decide(command, now));
    }

    private CommandOutcome decide(PendingCommand command, Instant now) {
        var run = takingUp.find(command.run(), now);
        if (run.isEmpty()) {
            takingUp.fresh(now);
            run = takingUp.find(command.run(), now);
        }
        if (run.isEmpty()) {
            return new CommandOutcome(command.id(), false, "the run has ended already");
        }
        var cancel = new Event.CancelRequested(command.kind().equals("kill"), command.by());
        term.decide(run.get(), cancel, now);
        return new CommandOutcome(command.id(), true, "");
    }
}
